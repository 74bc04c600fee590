"""Until the MCP SDK does it: MCP over stdio, lenient JSON-RPC parsing, the end of the process, lazy SDK imports.

It imports the SDK and the ground, and knows nothing of Scenario. Each module can be deleted once the SDK (`mcp`)
- `stdio`, `stdio_threads`: reads and writes pipes on the event loop, without a worker thread for each line;
- `process_end`: ends within two seconds of SIGINT, SIGTERM or the end of the input, while calls and threads still run;
- `jsonrpc`: answers lines that it cannot parse, with a bound on their size, and replaces half characters;
- `lazy_sdk`, `stand_ins`: imports neither client nor high-level server, what serves HTTP nor the other protocol era,
  when only `mcp.server.lowlevel` is used over stdio;
- `lazy_models`: builds a model's validator when it is first used.
`tests/transports/test_sdk_contract.py` holds what all of it leans on.
"""
