"""What a server over stdio imports before its first answer, the list of its tools, and why.

Each module more makes every start slower, and hosts start servers for every window. What only a call needs is imported
in the function that answers it.
"""

OUR_MODULES = {
    # The command line, up to the command that serves.
    "scenario_mcp.cli": "reads the options of the server",
    "scenario_mcp.commands": "the room of the commands",
    "scenario_mcp.commands.serve": "the command that serves",
    "scenario_mcp.interruption": "Ctrl-C",
    "scenario_mcp.standard_streams": "a reader who left",
    # What the environment says.
    "scenario_mcp.addresses": "checks the address of the API",
    "scenario_mcp.certificates": "whether SSL_CERT_FILE leads to any",
    "scenario_mcp.credentials": "key and secret",
    "scenario_mcp.environment": "reads a variable",
    "scenario_mcp.errors": "a setting that is refused",
    "scenario_mcp.logs": "the log, which is opened first",
    "scenario_mcp.placeholders": "a setting that a host did not fill in",
    "scenario_mcp.setting_warnings": "settings without effect, told in the log",
    "scenario_mcp.settings": "all settings",
    "scenario_mcp.text": "secrets that the log leaves out",
    # The transport.
    "scenario_mcp.json_size": "a bound on the values of a message",
    "scenario_mcp.transports": "the room of the transports",
    "scenario_mcp.transports.dispatch": "messages and their answers",
    "scenario_mcp.transports.garbage": "how often the collector runs",
    "scenario_mcp.transports.jsonrpc": "reads and writes messages",
    "scenario_mcp.transports.lazy_models": "models of the SDK wait for their first use",
    "scenario_mcp.transports.lazy_sdk": "the SDK without what is not used",
    "scenario_mcp.transports.process_end": "signals",
    "scenario_mcp.transports.stand_ins": "stand-ins for what is not used",
    "scenario_mcp.transports.stdio": "the two streams",
    "scenario_mcp.transports.stdio_threads": "the two streams where they are files or terminals",
    # The server.
    "scenario_mcp.backend": "opened by the first call",
    "scenario_mcp.late_imports": "what the first call needs",
    "scenario_mcp.ids": "which ids there can be",
    "scenario_mcp.recent_ids": "ids of what was found lately",
    "scenario_mcp.server": "the room of the server",
    "scenario_mcp.server.request_shape": "parameters that are none, told by their place",
    "scenario_mcp.server.app": "the handlers",
    "scenario_mcp.server.client_logging": "the log that a client may read",
    "scenario_mcp.server.context": "whose request it is",
    "scenario_mcp.server.folder_progress": "stands around each call",
    "scenario_mcp.server.guard": "stands around each answer",
    "scenario_mcp.server.published": "the list of the tools",
    "scenario_mcp.server.tool_calls": "a middleware of the server",
}
PACKAGES = {
    "annotated_types": "pydantic needs it",
    "anyio": "the SDK runs on it",
    "mcp": "the SDK",
    "mcp_types": "the messages of the protocol",
    "pydantic": "the models of the messages",
    "pydantic_core": "pydantic needs it",
    "sniffio": "anyio needs it",
    "typing_extensions": "the SDK and pydantic need it",
    "typing_inspection": "pydantic needs it",
}
