"""The names of all settings: which of them are secret, and which are other names of the same."""

from scenario_mcp import settings
from scenario_mcp.http_server import settings as http_settings

SECRETS = frozenset(
    {
        "SCENARIO_SDK_API_KEY",
        "SCENARIO_SDK_API_SECRET",
        "SCENARIO_API_KEY",
        "SCENARIO_API_SECRET",
        "SCENARIO_SDK_JWT",
        "SCENARIO_MCP_ACCESS_TOKENS",
        "SCENARIO_MCP_HASH_KEY",
        "SCENARIO_MCP_REDIS_URL",
    }
)
"""Their values are never shown."""
UNQUOTED = SECRETS | {"SCENARIO_PROJECT_ID"}
"""Quotation marks around their values are refused, not left out."""
CREDENTIALS = ("SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET", "SCENARIO_SDK_JWT")
OTHER_NAMES = {"SCENARIO_API_KEY": "SCENARIO_SDK_API_KEY", "SCENARIO_API_SECRET": "SCENARIO_SDK_API_SECRET"}
"""Names that other tools of Scenario use, each with the one that wins."""
NAMES = (*settings.SHARED_NAMES, *settings.NAMES)
"""Settings of every server, as users write them."""
HTTP_NAMES = http_settings.NAMES
"""Settings of a server over HTTP alone."""
EXAMPLES = {
    "SCENARIO_SDK_API_KEY": "KEY",
    "SCENARIO_SDK_API_SECRET": "SECRET",
    "SCENARIO_SDK_JWT": "TOKEN",
    "SCENARIO_BASE_URL": "https://api.cloud.scenario.com/v1",
    "SCENARIO_CDN_HOSTS": "cdn.cloud.scenario.com",
    "SCENARIO_MCP_SANDBOX": "1",
    "SCENARIO_MCP_TIMEOUT_SECONDS": "30",
    "SCENARIO_MCP_LOG_LEVEL": "warning",
    "SCENARIO_MCP_RESOURCE_LINKS": "0",
    "SCENARIO_MCP_SANDBOX_FAULT": "429:3",
}
"""What may be written, where the name alone does not tell."""
