"""The names of all settings: which of them are secret, and which are other names of the same."""

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
NAMES = (
    *CREDENTIALS,
    *OTHER_NAMES,
    "SCENARIO_PROJECT_ID",
    "SCENARIO_BASE_URL",
    "SCENARIO_CDN_HOSTS",
    "SCENARIO_MCP_SANDBOX",
    "SCENARIO_MCP_CATALOGUE",
    "SCENARIO_MCP_SANDBOX_FAULT",
    "SCENARIO_MCP_TIMEOUT_SECONDS",
    "SCENARIO_MCP_CA_BUNDLE",
    "SCENARIO_MCP_IMAGE_FOLDERS",
    "SCENARIO_MCP_LOG_LEVEL",
    "SCENARIO_MCP_RESOURCE_LINKS",
)
"""Settings of every server, as users write them."""
HTTP_NAMES = (
    "SCENARIO_MCP_HTTP_AUTH",
    "SCENARIO_MCP_ACCESS_TOKENS",
    "SCENARIO_MCP_PUBLIC_URL",
    "SCENARIO_MCP_OAUTH_ISSUER",
    "SCENARIO_MCP_OAUTH_SCOPES",
    "SCENARIO_MCP_ALLOWED_HOSTS",
    "SCENARIO_MCP_ALLOWED_ORIGINS",
    "SCENARIO_MCP_TRUSTED_PROXIES",
    "SCENARIO_MCP_CALLS_PER_MINUTE",
    "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER",
    "SCENARIO_MCP_CONCURRENT_CALLS",
    "SCENARIO_MCP_SEARCH_CACHE_SECONDS",
    "SCENARIO_MCP_REDIS_URL",
    "SCENARIO_MCP_HASH_KEY",
    "SCENARIO_MCP_DRAIN_SECONDS",
)
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
