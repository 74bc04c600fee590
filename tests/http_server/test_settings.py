"""Every setting of the server over HTTP: its default, what it may be, and the sentence that refuses anything else."""

import hashlib
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from scenario_mcp import settings as general
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server import settings as http
from scenario_mcp.http_server.auth.access_tokens import digest_of, make_token
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.settings import Sandbox, Settings

SANDBOX = Settings(upstream=Sandbox())
OWN_KEY = Settings(Credentials("api_own", "own-secret"))
KEYLESS = Settings()
TOKEN, ENTRY = make_token("build-farm")
TOKENS = {"SCENARIO_MCP_HTTP_AUTH": "access-tokens", "SCENARIO_MCP_ACCESS_TOKENS": ENTRY}
ISSUER = "https://login.example.com"
PUBLIC_URL = "https://mcp.example.com/mcp"
OAUTH = {
    "SCENARIO_MCP_HTTP_AUTH": "oauth",
    "SCENARIO_MCP_OAUTH_ISSUER": ISSUER,
    "SCENARIO_MCP_PUBLIC_URL": PUBLIC_URL,
}
HASH_KEY = "of sixteen and more characters"
SET_ISSUER = "Set SCENARIO_MCP_OAUTH_ISSUER to the issuer whose tokens are accepted, such as https://login.example.com."
SET_PUBLIC_URL = (
    "Set SCENARIO_MCP_PUBLIC_URL to the address of this server that tokens must be made for, such as "
    "https://mcp.example.com/mcp."
)
REDIS_URL = "redis://user:hush-hush@cache.example.com:6379/1"
LOCAL_HOSTS = ("127.0.0.1", "127.0.0.1:*", "localhost", "localhost:*", "[::1]", "[::1]:*")
THE_THREE = (
    "caller-key (each request brings its own Scenario key), access-tokens (named tokens of this server) or oauth "
    "(tokens of an OAuth issuer)"
)


def read(
    environ: dict[str, str] | None = None,
    settings: Settings = OWN_KEY,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
) -> HttpSettings:
    return HttpSettings.from_environ(environ or {}, settings, host=host, port=port, workers=workers)


def refused(
    environ: dict[str, str] | None = None,
    settings: Settings = OWN_KEY,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
) -> str:
    with pytest.raises(SettingsRefused) as caught:
        read(environ, settings, host=host, port=port, workers=workers)
    return str(caught.value)


def test_with_nothing_set_this_machine_alone_is_served_and_each_caller_brings_a_key() -> None:
    settings = read()
    assert {field.name: getattr(settings, field.name) for field in fields(settings) if field.name != "hash_key"} == {
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "auth": "caller-key",
        "access_tokens": (),
        "public_url": "",
        "oauth_issuer": "",
        "oauth_scopes": (),
        "oauth_audiences": (),
        "oauth_client_ids": (),
        "allowed_hosts": LOCAL_HOSTS,
        "allowed_origins": tuple(f"http://{host}" for host in LOCAL_HOSTS),
        "trusted_proxies": ("127.0.0.1", "::1"),
        "calls_per_minute": 1200,
        "concurrent_calls_per_caller": 64,
        "concurrent_calls": 256,
        "search_cache_seconds": 15.0,
        "redis_url": "",
        "has_lasting_hashes": False,
        "drain_seconds": 5.0,
        "warnings": (),
    }
    assert len(settings.hash_key) == 32


def test_an_empty_variable_counts_as_absent() -> None:
    names = (
        "HTTP_AUTH ACCESS_TOKENS PUBLIC_URL OAUTH_ISSUER OAUTH_SCOPES ALLOWED_HOSTS ALLOWED_ORIGINS TRUSTED_PROXIES "
        "CALLS_PER_MINUTE CONCURRENT_CALLS_PER_CALLER CONCURRENT_CALLS SEARCH_CACHE_SECONDS REDIS_URL HASH_KEY "
        "DRAIN_SECONDS OAUTH_AUDIENCES OAUTH_CLIENT_IDS"
    )
    empty = {f"SCENARIO_MCP_{name}": " " for name in names.split()}
    ours, theirs = read(), read(empty)
    others = [field.name for field in fields(ours) if field.name != "hash_key"]
    assert [getattr(ours, name) for name in others] == [getattr(theirs, name) for name in others]


def test_without_a_hash_key_every_process_makes_its_own() -> None:
    assert read().hash_key != read().hash_key


def test_replicas_with_one_hash_key_or_one_redis_know_callers_by_the_same_names() -> None:
    by_key, by_redis = {"SCENARIO_MCP_HASH_KEY": HASH_KEY}, {"SCENARIO_MCP_REDIS_URL": REDIS_URL}
    assert read(by_key).hash_key == read(by_key | by_redis).hash_key
    assert read(by_redis).hash_key == read(by_redis).hash_key
    assert len({read(by_key).hash_key, read(by_redis).hash_key}) == 2
    assert all(len(key) == 32 for key in (read(by_key).hash_key, read(by_redis).hash_key))
    assert read(by_key).hash_key != hashlib.sha256(HASH_KEY.encode()).digest()


def test_no_secret_is_shown_or_logged() -> None:
    settings = read({**TOKENS, "SCENARIO_MCP_REDIS_URL": REDIS_URL, "SCENARIO_MCP_HASH_KEY": HASH_KEY})
    shown = repr(settings)
    assert settings.secrets == (REDIS_URL, "hush-hush")
    for secret in (REDIS_URL, "hush-hush", HASH_KEY, repr(settings.hash_key), TOKEN, digest_of(TOKEN).hex()):
        assert secret not in shown
    assert not any(name in shown for name in ("redis_url", "hash_key", "access_tokens"))


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [0, 1, 65535])
def test_a_port_is_a_number_that_ports_have(port: int) -> None:
    assert read(port=port).port == port


@pytest.mark.parametrize("port", [-1, 65536])
def test_another_port_is_refused(port: int) -> None:
    assert refused(port=port) == "--port must be a number from 0 to 65535."


@pytest.mark.parametrize("workers", [1, 64])
def test_there_may_be_many_workers(workers: int) -> None:
    assert read(workers=workers).workers == workers


@pytest.mark.parametrize("workers", [-1, 0, 65])
def test_no_or_too_many_workers_are_refused(workers: int) -> None:
    assert refused(workers=workers) == "--workers must be a number from 1 to 64."


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True)]
)
def test_this_machine_has_several_addresses(host: str, is_loopback: bool) -> None:  # noqa: FBT001  # what is expected
    assert read(host=host).is_loopback is is_loopback


# --- who asks -------------------------------------------------------------------------------------------------------


def test_each_way_of_telling_who_asks_can_be_chosen() -> None:
    assert read({"SCENARIO_MCP_HTTP_AUTH": " Caller-Key "}).auth == "caller-key"
    tokens = read(TOKENS)
    assert (tokens.auth, tokens.access_tokens) == ("access-tokens", (("build-farm", digest_of(TOKEN)),))
    oauth = read({**OAUTH, "SCENARIO_MCP_OAUTH_SCOPES": "a:read, b  a:read,c"})
    assert (oauth.auth, oauth.oauth_issuer, oauth.public_url) == ("oauth", ISSUER, PUBLIC_URL)
    assert oauth.oauth_scopes == ("a:read", "b", "c")
    named = {"SCENARIO_MCP_OAUTH_AUDIENCES": "api://Art b1c9", "SCENARIO_MCP_OAUTH_CLIENT_IDS": "3n4b,Ed"}
    oauth = read({**OAUTH, **named})
    assert (oauth.oauth_audiences, oauth.oauth_client_ids) == (("api://Art", "b1c9"), ("3n4b", "Ed"))


@pytest.mark.parametrize("text", ["none", "caller key", "access-token", "1"])
def test_another_way_is_refused_with_those_that_there_are(text: str) -> None:
    assert refused({"SCENARIO_MCP_HTTP_AUTH": text}) == f"SCENARIO_MCP_HTTP_AUTH must be {THE_THREE}, not '{text}'."


def test_access_tokens_need_at_least_one() -> None:
    assert refused({"SCENARIO_MCP_HTTP_AUTH": "access-tokens"}) == (
        "SCENARIO_MCP_HTTP_AUTH is access-tokens, but SCENARIO_MCP_ACCESS_TOKENS is not set. "
        "Make its first entry with: scenario-mcp token NAME"
    )


def test_an_entry_that_is_none_is_refused_and_not_shown() -> None:
    said = refused({**TOKENS, "SCENARIO_MCP_ACCESS_TOKENS": f"build-farm:{TOKEN}"})
    assert said == (
        "Entry 1 of SCENARIO_MCP_ACCESS_TOKENS must be NAME:SHA256, as `scenario-mcp token NAME` prints it. The token "
        "itself never stands there."
    )


@pytest.mark.parametrize(
    ("left_out", "named", "meant"),
    [
        (["SCENARIO_MCP_OAUTH_ISSUER"], "SCENARIO_MCP_OAUTH_ISSUER is", SET_ISSUER),
        (["SCENARIO_MCP_PUBLIC_URL"], "SCENARIO_MCP_PUBLIC_URL is", SET_PUBLIC_URL),
        (
            ["SCENARIO_MCP_OAUTH_ISSUER", "SCENARIO_MCP_PUBLIC_URL"],
            "SCENARIO_MCP_OAUTH_ISSUER and SCENARIO_MCP_PUBLIC_URL are",
            f"{SET_ISSUER} {SET_PUBLIC_URL}",
        ),
    ],
)
def test_oauth_needs_both_its_halves(left_out: list[str], named: str, meant: str) -> None:
    assert refused({name: value for name, value in OAUTH.items() if name not in left_out}) == (
        f"SCENARIO_MCP_HTTP_AUTH is oauth, but {named} not set. {meant}"
    )


@pytest.mark.promise(number=20)
def test_an_issuer_that_no_token_names_is_refused() -> None:
    assert refused({**OAUTH, "SCENARIO_MCP_OAUTH_ISSUER": "https://studio.okta.com"}) == (
        "SCENARIO_MCP_OAUTH_ISSUER is Okta's own server, whose access tokens only Okta can check. Write a custom "
        "authorization server, such as https://studio.okta.com/oauth2/default"
    )


@pytest.mark.parametrize("environ", [TOKENS, OAUTH], ids=["access-tokens", "oauth"])
def test_callers_without_keys_need_one_of_the_server(environ: dict[str, str]) -> None:
    assert refused(environ, KEYLESS) == (
        f"SCENARIO_MCP_HTTP_AUTH is {environ['SCENARIO_MCP_HTTP_AUTH']}, so this server needs a key of its own. Set "
        "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_MCP_SANDBOX=1."
    )
    for settings in (OWN_KEY, SANDBOX, Settings(Credentials(jwt="eyJ.eyJ.c2ln"))):
        assert read(environ, settings).auth == environ["SCENARIO_MCP_HTTP_AUTH"]


# --- web addresses --------------------------------------------------------------------------------------------------

ADDRESSES = {
    "SCENARIO_MCP_PUBLIC_URL": "https://mcp.example.com/mcp",
    "SCENARIO_MCP_OAUTH_ISSUER": "https://login.example.com",
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "address", ["https://Login.Example.com", "https://a.example/x/y/", "http://127.0.0.1:8000/mcp", "http://[::1]/"]
)
def test_an_address_stays_as_it_was_written(name: str, address: str) -> None:
    settings = read({**OAUTH, name: address})
    assert address in {settings.public_url, settings.oauth_issuer}


NO_HTTPS = "must be a web address that starts with https://."
NOT_ALONE = "must hold the address alone, without credentials, query or fragment."
UNENCRYPTED = "would be reached unencrypted: http is for this machine only. Write https:// instead."


@pytest.mark.parametrize(("name", "example"), ADDRESSES.items())
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://mcp.example.com", UNENCRYPTED),
        ("mcp.example.com", NO_HTTPS),
        ("https://", NO_HTTPS),
        ("ftp://mcp.example.com", NO_HTTPS),
        ("https://mcp.example.com/?a=b", NOT_ALONE),
        ("https://mcp.example.com/#a", NOT_ALONE),
        ("https://user:pw@mcp.example.com", NOT_ALONE),
        ("https://mcp.exämple.com", NO_HTTPS),
        ('https://mcp.example.com/"', NO_HTTPS),
        ("https://mcp.example.com/a b", NO_HTTPS),
    ],
)
def test_an_address_that_is_not_safe_is_refused(name: str, example: str, address: str, reason: str) -> None:
    assert refused({name: address}) == f"{name} {reason} Example: {example}"


@pytest.mark.parametrize(("name", "example"), ADDRESSES.items())
@pytest.mark.parametrize("address", ["https://[::1", "https://a.example:port/", "https://a.example:99999/"])
def test_what_is_no_address_is_refused(name: str, example: str, address: str) -> None:
    assert refused({name: address}) == f"{name} is not a web address. Example: {example}"


@pytest.mark.parametrize("scopes", ['a"b', "a\\b", "ä", "${SCOPES}"])
def test_what_is_no_scope_is_refused(scopes: str) -> None:
    assert refused({"SCENARIO_MCP_OAUTH_SCOPES": scopes}) == (
        "SCENARIO_MCP_OAUTH_SCOPES must list scopes, separated by spaces. Example: scenario:search"
    )


# --- lists ----------------------------------------------------------------------------------------------------------


def test_hosts_and_origins_are_lists() -> None:
    settings = read(
        {
            "SCENARIO_MCP_ALLOWED_HOSTS": "MCP.example.com, a.example:8443,[2001:db8::1]:*, ,a.example:8443,*",
            "SCENARIO_MCP_ALLOWED_ORIGINS": "https://Chat.example.com, http://localhost:*, app://obsidian,*",
        }
    )
    assert settings.allowed_hosts == ("mcp.example.com", "a.example:8443", "[2001:db8::1]:*", "*")
    assert settings.allowed_origins == ("https://chat.example.com", "http://localhost:*", "app://obsidian", "*")


def test_the_public_address_names_a_host_too() -> None:
    public = {"SCENARIO_MCP_PUBLIC_URL": "https://MCP.example.com:8443/mcp"}
    assert read(public).allowed_hosts == (*LOCAL_HOSTS, "mcp.example.com:8443")
    beyond = read({**TOKENS, **public}, host="192.0.2.1")
    assert (beyond.allowed_hosts, beyond.allowed_origins) == (("mcp.example.com:8443",), ())


EXAMPLE_HOSTS = "Example: mcp.example.com, mcp.example.com:8443"


@pytest.mark.parametrize(
    ("item", "advice"),
    [
        ("https://a.example", "Write a.example"),
        ("https://a.example:8443/mcp", "Write a.example:8443"),
        ("a.example/", "Write a.example"),
        ("a b", EXAMPLE_HOSTS),
        ("*.example.com", EXAMPLE_HOSTS),
        ("a.example:port", EXAMPLE_HOSTS),
        ("a..b", EXAMPLE_HOSTS),
    ],
)
def test_what_is_no_host_is_refused(item: str, advice: str) -> None:
    assert refused({"SCENARIO_MCP_ALLOWED_HOSTS": f"a.example, {item}"}) == (
        "SCENARIO_MCP_ALLOWED_HOSTS must list host names, separated by commas, without https:// and without a path, "
        f"not '{item}'. {advice}"
    )


EXAMPLE_ORIGIN = "Example: https://chat.example.com"


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("item", "advice"),
    [
        ("a.example", "Write https://a.example"),
        ("https://a.example:8443/chat", "Write https://a.example:8443"),
        ("https://", EXAMPLE_ORIGIN),
        ("https://*", EXAMPLE_ORIGIN),
        ("http://*", EXAMPLE_ORIGIN),
        ("https://*.example.com", EXAMPLE_ORIGIN),
    ],
)
def test_what_is_no_origin_is_refused(item: str, advice: str) -> None:
    assert refused({"SCENARIO_MCP_ALLOWED_ORIGINS": item}) == (
        "SCENARIO_MCP_ALLOWED_ORIGINS must list origins of web pages, separated by commas, with their scheme and "
        f"without a path, not '{item}'. {advice}"
    )


def test_pages_without_a_web_site_may_be_listed() -> None:
    origins = ("null", "tauri://localhost", "app://*", "vscode-webview://*", "file://")
    assert read({"SCENARIO_MCP_ALLOWED_ORIGINS": ", ".join(origins)}).allowed_origins == origins


@pytest.mark.parametrize("origin", ["https://a.example", "null", "vscode-webview://*", "tauri://localhost"])
def test_an_origin_has_no_slash_behind(origin: str) -> None:
    assert refused({"SCENARIO_MCP_ALLOWED_ORIGINS": f"{origin}/"}) == (
        f"SCENARIO_MCP_ALLOWED_ORIGINS must list origins without a slash behind, not '{origin}/'. Write {origin}"
    )


@pytest.mark.promise(number=6)
def test_a_reference_that_nothing_replaced_counts_as_not_set_where_that_lets_in_no_more() -> None:
    environ = dict.fromkeys(("SCENARIO_MCP_REDIS_URL", "SCENARIO_MCP_HASH_KEY", "SCENARIO_MCP_ALLOWED_ORIGINS"), "${X}")
    settings = read(environ)
    assert replace(settings, hash_key=b"", warnings=()) == replace(read({}), hash_key=b"", warnings=())
    assert settings.warnings[:3] == tuple(
        f"SCENARIO_MCP_{name} holds a placeholder, so it counts as not set."
        for name in ("ALLOWED_ORIGINS", "REDIS_URL", "HASH_KEY")
    )
    assert refused({"SCENARIO_MCP_HTTP_AUTH": "${AUTH}"}).startswith("SCENARIO_MCP_HTTP_AUTH must be ")


def test_the_earlier_names_of_two_lists_are_still_read() -> None:
    settings = read({"SCENARIO_MCP_HTTP_HOSTS": "a.example", "SCENARIO_MCP_HTTP_ORIGINS": "https://b.example"})
    assert (settings.allowed_hosts, settings.allowed_origins) == (("a.example",), ("https://b.example",))
    assert settings.warnings == ()


def test_proxies_are_addresses_and_networks() -> None:
    proxies = read({"SCENARIO_MCP_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7 ,fd00::/8"}).trusted_proxies
    assert proxies == ("10.0.0.0/8", "192.0.2.7", "fd00::/8")


@pytest.mark.parametrize("item", ["proxy.example.com", "*", "300.1.1.1"])
def test_what_is_no_network_is_refused(item: str) -> None:
    assert refused({"SCENARIO_MCP_TRUSTED_PROXIES": f"::1,{item}"}) == (
        f"SCENARIO_MCP_TRUSTED_PROXIES must list IP addresses or networks, separated by commas, not '{item}'. "
        "Example: 10.0.0.0/8"
    )


def test_an_address_within_a_network_is_refused_with_both_that_can_be_meant() -> None:
    assert refused({"SCENARIO_MCP_TRUSTED_PROXIES": "10.0.0.1/8"}) == (
        "SCENARIO_MCP_TRUSTED_PROXIES holds '10.0.0.1/8', an address within a network. Write 10.0.0.0/8 for all of it, "
        "or 10.0.0.1 for one address."
    )


# --- numbers --------------------------------------------------------------------------------------------------------

NUMBERS = [
    ("SCENARIO_MCP_CALLS_PER_MINUTE", "calls_per_minute", 0, 1_000_000),
    ("SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER", "concurrent_calls_per_caller", 1, 10_000),
    ("SCENARIO_MCP_CONCURRENT_CALLS", "concurrent_calls", 1, 10_000),
    ("SCENARIO_MCP_SEARCH_CACHE_SECONDS", "search_cache_seconds", 0, 300),
    ("SCENARIO_MCP_DRAIN_SECONDS", "drain_seconds", 0, 300),
]


@pytest.mark.parametrize(("name", "field", "least", "most"), NUMBERS)
def test_a_number_may_be_anything_within_its_bounds(name: str, field: str, least: int, most: int) -> None:
    assert [getattr(read({name: str(number)}), field) for number in (least, most)] == [least, most]


@pytest.mark.parametrize(("name", "field", "least", "most"), NUMBERS)
@pytest.mark.parametrize("text", ["-1", "1000001", "many", "nan", "inf"])
def test_what_is_no_such_number_is_refused(name: str, field: str, least: int, most: int, text: str) -> None:
    kind = "a number of seconds" if field.endswith("_seconds") else "a whole number"
    assert refused({name: text}) == f"{name} must be {kind} from {least} to {most}, not '{text}'."


def test_seconds_may_have_a_fraction_and_calls_may_not() -> None:
    assert read({"SCENARIO_MCP_DRAIN_SECONDS": "0.5"}).drain_seconds == 0.5
    assert refused({"SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER": "1.5"}) == (
        "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER must be a whole number from 1 to 10000, not '1.5'."
    )


# --- Redis ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["redis://cache", "rediss://cache:6380/2", "valkey://u:p@cache:6379", "unix:///run/redis.sock"]
)
def test_an_address_of_redis_is_taken(url: str) -> None:
    assert read({"SCENARIO_MCP_REDIS_URL": url}).redis_url


@pytest.mark.parametrize("url", ["http://cache", "cache:6379", "redis://u:hush@"])
def test_another_address_is_refused_and_not_shown(url: str) -> None:
    said = refused({"SCENARIO_MCP_REDIS_URL": url})
    assert said.startswith("SCENARIO_MCP_REDIS_URL ")
    assert "hush" not in said


def test_too_short_a_hash_key_is_refused_and_not_shown() -> None:
    assert refused({"SCENARIO_MCP_HASH_KEY": "of15characters."}) == (
        "SCENARIO_MCP_HASH_KEY must be at least 16 characters that nobody can guess."
    )


# --- beyond this machine --------------------------------------------------------------------------------------------

BEYOND = ["0.0.0.0", "::", "192.0.2.1", "mcp.example.com"]  # noqa: S104  # read, not listened to


@pytest.mark.promise(number=20)
@pytest.mark.parametrize("host", BEYOND)
def test_beyond_this_machine_somebody_must_say_who_may_ask(host: str) -> None:
    assert refused(host=host) == (
        f"--host {host} lets other machines in, but nothing says who may call. Set SCENARIO_MCP_HTTP_AUTH to "
        f"{THE_THREE}."
    )


@pytest.mark.promise(number=20)
@pytest.mark.parametrize("host", BEYOND)
def test_beyond_this_machine_the_sandbox_does_not_let_everybody_in(host: str) -> None:
    assert refused({"SCENARIO_MCP_HTTP_AUTH": "caller-key"}, SANDBOX, host=host) == (
        f"--host {host} lets other machines in, but the sandbox needs no key, so everybody could call. Set "
        "SCENARIO_MCP_HTTP_AUTH to access-tokens or oauth."
    )


@pytest.mark.parametrize("host", BEYOND)
def test_beyond_this_machine_its_names_must_be_known(host: str) -> None:
    assert refused({"SCENARIO_MCP_HTTP_AUTH": "caller-key"}, host=host) == (
        f"--host {host} lets other machines in, but the host name that they use is not set. Set "
        "SCENARIO_MCP_PUBLIC_URL to the address of this server, such as https://mcp.example.com/mcp, or "
        "SCENARIO_MCP_ALLOWED_HOSTS to its host names."
    )


@pytest.mark.parametrize("host", BEYOND)
@pytest.mark.parametrize(
    ("environ", "settings"),
    [({"SCENARIO_MCP_HTTP_AUTH": "caller-key"}, KEYLESS), (TOKENS, SANDBOX), (OAUTH, OWN_KEY)],
    ids=["caller-key", "access-tokens", "oauth"],
)
def test_beyond_this_machine_it_serves_when_all_is_said(host: str, environ: dict[str, str], settings: Settings) -> None:
    http = read({**environ, "SCENARIO_MCP_ALLOWED_HOSTS": "mcp.example.com"}, settings, host=host)
    assert (http.is_loopback, http.allowed_hosts, http.allowed_origins) == (False, ("mcp.example.com",), ())


# --- without effect -------------------------------------------------------------------------------------------------


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("name", "value", "method"),
    [
        ("SCENARIO_MCP_ACCESS_TOKENS", ENTRY, "access-tokens"),
        ("SCENARIO_MCP_OAUTH_ISSUER", ISSUER, "oauth"),
        ("SCENARIO_MCP_OAUTH_SCOPES", "scenario:search", "oauth"),
        ("SCENARIO_MCP_OAUTH_AUDIENCES", "api://scenario-search", "oauth"),
        ("SCENARIO_MCP_OAUTH_CLIENT_IDS", "editor", "oauth"),
    ],
    ids=["tokens", "issuer", "scopes", "audiences", "clients"],  # the first is made anew by each process of a test run
)
@pytest.mark.parametrize("settings", [SANDBOX, OWN_KEY, KEYLESS], ids=["sandbox", "key", "no key"])
def test_tokens_that_nobody_is_asked_for_are_refused(name: str, value: str, method: str, settings: Settings) -> None:
    said = (
        f"{name} is set, but SCENARIO_MCP_HTTP_AUTH is {{}}, so no request needs such a token. Set "
        f"SCENARIO_MCP_HTTP_AUTH to {method}, or remove {name}."
    )
    assert refused({name: value}, settings) == said.format("not")
    assert refused({name: value, "SCENARIO_MCP_HTTP_AUTH": "Caller-Key"}, settings) == said.format("caller-key")
    others = TOKENS if method == "oauth" else OAUTH
    if settings.can_search:
        assert refused({**others, name: value}, settings) == said.format(others["SCENARIO_MCP_HTTP_AUTH"])


PUBLIC = {"SCENARIO_MCP_PUBLIC_URL": PUBLIC_URL}


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("environ", "warning"),
    [
        (
            {"SCENARIO_MCP_PUBLIC_URL": "https://mcp.example.com"},
            (
                "SCENARIO_MCP_PUBLIC_URL does not end with /mcp, the path at which clients call this server. Write "
                "https://mcp.example.com/mcp, unless a proxy changes paths."
            ),
        ),
        (
            {"SCENARIO_MCP_PUBLIC_URL": "https://mcp.example.com/search/mcp/"},
            (
                "SCENARIO_MCP_PUBLIC_URL does not end with /mcp, the path at which clients call this server. Write "
                "https://mcp.example.com/search/mcp, unless a proxy changes paths."
            ),
        ),
        (
            {**PUBLIC, "SCENARIO_MCP_ALLOWED_HOSTS": "a.example"},
            (
                "SCENARIO_MCP_PUBLIC_URL has no effect: SCENARIO_MCP_ALLOWED_HOSTS lists the host names. Remove one of "
                "the two."
            ),
        ),
        (
            {"SCENARIO_MCP_ALLOWED_HOSTS": "*"},
            (
                "SCENARIO_MCP_ALLOWED_HOSTS holds *: requests under any host name are answered, so web pages can get "
                "past the check by DNS rebinding. List the names of this server instead."
            ),
        ),
        (
            {"SCENARIO_MCP_ALLOWED_ORIGINS": "*"},
            (
                "SCENARIO_MCP_ALLOWED_ORIGINS holds *: every web page can call this server from its visitors' "
                "browsers. List the origins of your own pages instead."
            ),
        ),
        (
            {"SCENARIO_MCP_ALLOWED_ORIGINS": "null"},
            (
                "SCENARIO_MCP_ALLOWED_ORIGINS holds null, which every web page can send from a sandboxed frame. List "
                "the origin of your own page instead, if it has one."
            ),
        ),
        (
            {"SCENARIO_MCP_ALLOWED_ORIGINS": "vscode-webview://*"},
            (
                "SCENARIO_MCP_ALLOWED_ORIGINS holds vscode-webview://*: every page in that program can call this "
                "server, those of extensions too."
            ),
        ),
        (
            {"SCENARIO_MCP_IMAGE_FOLDERS": "/refs"},
            "SCENARIO_MCP_IMAGE_FOLDERS has no effect: over HTTP no local pictures are read.",
        ),
        (
            {"SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER": "20", "SCENARIO_MCP_CONCURRENT_CALLS": "10"},
            (
                "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER has no effect: SCENARIO_MCP_CONCURRENT_CALLS allows only 10 "
                "calls of all callers."
            ),
        ),
        (
            {"SCENARIO_MCP_ACCES_TOKENS": ENTRY},
            (
                "SCENARIO_MCP_ACCES_TOKENS has no effect: there is no such setting. Did you mean "
                "SCENARIO_MCP_ACCESS_TOKENS?"
            ),
        ),
        ({"SCENARIO_MCP_QUUX": "1"}, "SCENARIO_MCP_QUUX has no effect: there is no such setting."),
    ],
)
def test_what_has_no_effect_or_another_one_than_it_seems_is_warned_of(environ: dict[str, str], warning: str) -> None:
    assert read(environ).warnings == (warning,)


def test_a_key_that_no_caller_uses_is_warned_of() -> None:
    environ = {"SCENARIO_MCP_HTTP_AUTH": "caller-key", **PUBLIC, "SCENARIO_SDK_API_KEY": "api_own"}
    assert read(environ).warnings == ()
    assert read(environ, host="192.0.2.1").warnings == (
        (
            "SCENARIO_SDK_API_KEY has no effect: with caller-key each request brings its own key. Remove it from this "
            "server."
        ),
    )


def test_a_cache_that_a_folder_does_without_is_warned_of() -> None:
    environ = {"SCENARIO_MCP_SEARCH_CACHE_SECONDS": "30"}
    assert read(environ, SANDBOX).warnings == ()
    assert read(environ, Settings(upstream=Sandbox(("/art",)))).warnings == (
        "SCENARIO_MCP_SEARCH_CACHE_SECONDS has no effect: searches of a folder of your own are not cached.",
    )


@pytest.mark.parametrize(
    "environ",
    [
        {},
        PUBLIC,
        {**OAUTH, "SCENARIO_MCP_ALLOWED_HOSTS": "mcp.example.com", "SCENARIO_MCP_ALLOWED_ORIGINS": "tauri://localhost"},
        {"SCENARIO_MCP_LOG_LEVEL": "info", "SCENARIO_MCP_IMAGE_FOLDERS": " ", "SCENARIO_SDK_API_KEY": "api_own"},
        {"SCENARIO_MCP_SERVICE_HOST": "10.0.0.1", "SCENARIO_MCP_PORT_8000_TCP": "tcp://10.0.0.1:8000"},
    ],
)
def test_what_has_its_effect_is_not_warned_of(environ: dict[str, str]) -> None:
    assert read(environ).warnings == ()


def test_over_stdio_settings_of_http_are_warned_of() -> None:
    environ = {
        "SCENARIO_MCP_HTTP_AUTH": "oauth",
        "SCENARIO_MCP_REDIS_URL": " ",
        "SCENARIO_MCP_SANDBOX": "1",
        "SCENARIO_MCP_CATALOG": "/art",
    }
    assert http.without_effect_over_stdio(environ) == [
        "SCENARIO_MCP_HTTP_AUTH has no effect without --http.",
        "SCENARIO_MCP_CATALOG has no effect: there is no such setting. Did you mean SCENARIO_MCP_CATALOGUE?",
    ]


def test_the_names_of_settings_are_those_that_are_read() -> None:
    rooms = Path(general.__file__).parent
    read_in = {
        general: [rooms / "settings.py"],
        http: [rooms / "http_server" / "settings.py", rooms / "http_server" / "access_lists.py"],
    }
    for module, files in read_in.items():
        names = re.findall(r'"(SCENARIO_MCP_[A-Z_]+)"', "".join(file.read_text("utf-8") for file in files))
        assert set(module.NAMES) == {name for name in names if names.count(name) > 1} - {"SCENARIO_MCP_SANDBOX"} | (
            {"SCENARIO_MCP_SANDBOX"} if module is general else set()
        )
