"""The address of Redis is read with care, and refused without repeating it."""

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server.shared_store.url import read_redis_url

EXAMPLE = "Example: redis://:password@redis.example:6379/0"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", ""),
        ("  ", ""),
        ("redis://redis.example", "redis://redis.example"),
        (" valkey://:p%23w@[::1]:6380/3 ", "redis://:p%23w@[::1]:6380/3"),
        ("valkeys://user:word@redis.example/?db=2", "rediss://user:word@redis.example/?db=2"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
        ("unix://user:word@/run/redis.sock", "unix://user:word@/run/redis.sock"),
    ],
)
def test_addresses_are_read(text: str, url: str) -> None:
    assert read_redis_url(text) == url


BAD_CHARACTER = (
    "SCENARIO_MCP_REDIS_URL contains a character that is not allowed in an address. In a password, percent-encode it: "
    f"%23 for #. {EXAMPLE}"
)
NO_DATABASE = f"The database in SCENARIO_MCP_REDIS_URL must be a number, such as 0. {EXAMPLE}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "localhost:6379",
            "SCENARIO_MCP_REDIS_URL must start with redis://, rediss://, valkey://, valkeys:// or unix://. " + EXAMPLE,
        ),
        ("redis://:hunter2@redis.example:port", f"SCENARIO_MCP_REDIS_URL is not an address of Redis. {EXAMPLE}"),
        ("redis://[::1", f"SCENARIO_MCP_REDIS_URL is not an address of Redis. {EXAMPLE}"),
        ("redis://redis.example?db", f"SCENARIO_MCP_REDIS_URL is not an address of Redis. {EXAMPLE}"),
        ("redis://:hunter2#x@redis.example", BAD_CHARACTER),
        ("redis://redis example", BAD_CHARACTER),
        ("redis:///0", f"SCENARIO_MCP_REDIS_URL must name a host. {EXAMPLE}"),
        (
            "unix://redis.sock",
            "SCENARIO_MCP_REDIS_URL must name the socket by its absolute path. Example: unix:///run/redis/redis.sock",
        ),
        ("redis://redis.example/cache", NO_DATABASE),
        ("redis://redis.example?db=-1", NO_DATABASE),
        (
            "rediss://redis.example?ssl_cert_reqs=none",
            f"SCENARIO_MCP_REDIS_URL accepts only these options: db, ssl_ca_certs. {EXAMPLE}",
        ),
        (
            "redis://redis.example?ssl_ca_certs=/ca.pem",
            f"SCENARIO_MCP_REDIS_URL accepts only these options: db. {EXAMPLE}",
        ),
        (
            "rediss://redis.example?ssl_ca_certs=/no/such/file",
            "ssl_ca_certs in SCENARIO_MCP_REDIS_URL must be a PEM file of certificates; that file does not exist.",
        ),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str, sentence: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_redis_url(text)
    assert str(refused.value) == sentence


def test_a_missing_package_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SettingsRefused) as refused:
        read_redis_url("redis://redis.example")
    assert str(refused.value) == (
        'SCENARIO_MCP_REDIS_URL needs the package redis. Install it with: pip install "scenario-mcp[http]"'
    )
