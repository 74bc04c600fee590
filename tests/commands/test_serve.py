"""Settings that are wrong, alone and in pairs: no start is silent, and each at fault is named."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from scenario_mcp.cli import make_parser
from scenario_mcp.commands.serve import read_settings
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server.settings import without_effect_over_stdio
from scenario_mcp.setting_warnings import setting_warnings, unreachable_warning
from tests.support.command_line import typed

KEY = {"SCENARIO_SDK_API_KEY": "key", "SCENARIO_SDK_API_SECRET": "secret"}
TOKEN = "build-farm:" + "0" * 64
PARSER = make_parser([])
MISSING = "/nothing/is/here"


class Wrong(NamedTuple):
    """A wrong setting."""

    name: str
    """The variable or option that must be named."""
    environ: Mapping[str, str]
    options: Sequence[str] = ()
    refused: bool = True
    """Whether the start is refused; else it is warned of."""
    is_unasked: bool = False
    """Whether it is wrong only without SCENARIO_MCP_HTTP_AUTH."""


def _of(name: str, *values: str, refused: bool = True) -> list[Wrong]:
    return [Wrong(name, {name: value}, refused=refused) for value in values]


EVERYWHERE = [
    *_of("SCENARIO_SDK_API_KEY", "a:b", "a b", "“key”"),
    *_of("SCENARIO_SDK_API_SECRET", "se cret", "gehe\u0131m"),
    *_of("SCENARIO_SDK_JWT", "a b"),
    *_of("SCENARIO_PROJECT_ID", "pro ject"),
    *_of("SCENARIO_BASE_URL", "api", "http://api.example.com", "https://u:p@api.example.com", "https://[::1"),
    *_of("SCENARIO_CDN_HOSTS", "https://cdn.example.com", "a b"),
    *_of("SCENARIO_MCP_SANDBOX", "maybe"),
    *_of("SCENARIO_MCP_CATALOGUE", MISSING, "a\0b"),
    *_of("SCENARIO_MCP_TIMEOUT_SECONDS", "soon", "0", "601", "nan", "inf", "30s"),
    *_of("SCENARIO_MCP_CA_BUNDLE", MISSING, __file__),
    *_of("SCENARIO_MCP_LOG_LEVEL", "loud"),
    *_of("SCENARIO_MCP_RESOURCE_LINKS", "2"),
    Wrong("SCENARIO_MCP_SANDBOX_FAULT", {"SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_SANDBOX_FAULT": "429:0"}),
    *_of("SCENARIO_MCP_SANDBOX_FAULT", "429:3", refused=False),
    *_of("SCENARIO_API_KEY", "another", refused=False),
    *_of("SCENARIO_SDK_JWT", "a.b.c", refused=False),
    *_of("SCENARIO_PROJECT_ID", "${PROJECT}", "your-project-id", refused=False),
    *_of("SCENARIO_MCP_TIMOUT_SECONDS", "60", refused=False),
]
OVER_STDIO = [
    *EVERYWHERE,
    *_of("SCENARIO_MCP_IMAGE_FOLDERS", "pictures", __file__),
    *_of("SCENARIO_MCP_IMAGE_FOLDERS", MISSING, refused=False),
    *_of("SCENARIO_MCP_REDIS_URL", "redis://localhost", refused=False),
    *_of("HTTPS_PROXY", "socks5://127.0.0.1:1080", "ftp://proxy", "http://", "http://proxy:99999", refused=False),
    *_of("SSL_CERT_FILE", MISSING, __file__, refused=False),
]
OVER_HTTP = [
    *EVERYWHERE,
    *_of("SCENARIO_MCP_HTTP_AUTH", "nobody"),
    *_of("SCENARIO_MCP_ACCESS_TOKENS", "build-farm"),
    *_of("SCENARIO_MCP_PUBLIC_URL", "mcp.example.com", "http://mcp.example.com/mcp"),
    *_of("SCENARIO_MCP_OAUTH_ISSUER", "login"),
    *_of("SCENARIO_MCP_OAUTH_SCOPES", 'a"b'),
    *_of("SCENARIO_MCP_OAUTH_AUDIENCES", "a\\b"),
    *_of("SCENARIO_MCP_OAUTH_CLIENT_IDS", "gehe\u0131m"),
    *_of("SCENARIO_MCP_ALLOWED_HOSTS", "https://mcp.example.com", "mcp.example.com:99999", "[1::2::3]", "a b"),
    *_of("SCENARIO_MCP_ALLOWED_ORIGINS", "chat.example.com", "https://chat.example.com:0", "https://[::::]"),
    *_of("SCENARIO_MCP_TRUSTED_PROXIES", "proxy", "10.0.0.1/8"),
    *_of("SCENARIO_MCP_CALLS_PER_MINUTE", "many", "-1", "1.5"),
    *_of("SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER", "0"),
    *_of("SCENARIO_MCP_CONCURRENT_CALLS", "1e9"),
    *_of("SCENARIO_MCP_SEARCH_CACHE_SECONDS", "301"),
    *_of("SCENARIO_MCP_REDIS_URL", "localhost", "redis://", "redis://h/x", "redis://h:99999", "rediss://h?ssl_cert_reqs=none"),
    *_of("SCENARIO_MCP_HASH_KEY", "short"),
    *_of("SCENARIO_MCP_DRAIN_SECONDS", "-1"),
    Wrong("SCENARIO_MCP_ACCESS_TOKENS", {"SCENARIO_MCP_HTTP_AUTH": "access-tokens"}),
    Wrong("SCENARIO_MCP_OAUTH_ISSUER", {"SCENARIO_MCP_HTTP_AUTH": "oauth"}),
    *(
        Wrong(name, {name: value}, is_unasked=True)
        for name, value in (
            ("SCENARIO_MCP_ACCESS_TOKENS", TOKEN),
            ("SCENARIO_MCP_OAUTH_ISSUER", "https://login.example.com"),
            ("SCENARIO_MCP_OAUTH_SCOPES", "search"),
        )
    ),
    Wrong("--port", {}, ["--port", "65536"]),
    Wrong("--workers", {}, ["--workers", "0"]),
    Wrong("--host", {}, ["--host", "0.0.0.0"], is_unasked=True),  # noqa: S104  # refused without more
    *_of("HTTPS_PROXY", "socks5://127.0.0.1:1080", "ftp://proxy"),
    *_of("SSL_CERT_FILE", MISSING, __file__),
    *_of("SCENARIO_MCP_IMAGE_FOLDERS", "/", refused=False),
    *_of("SCENARIO_MCP_ALLOWED_ORIGINS", "*", "null", refused=False),
    Wrong(
        "SCENARIO_MCP_ALLOWED_HOSTS",
        {
            "SCENARIO_MCP_HTTP_AUTH": "oauth",
            "SCENARIO_MCP_OAUTH_ISSUER": "https://login.example.com",
            "SCENARIO_MCP_PUBLIC_URL": "https://mcp.example.com/mcp",
            "SCENARIO_MCP_ALLOWED_HOSTS": "other.example.com",
        },
        refused=False,
    ),
]  # fmt: skip
WAYS = [((), OVER_STDIO), (("--http",), OVER_HTTP)]


def _said(way: Sequence[str], *wrongs: Wrong) -> tuple[bool, str]:
    """Return whether a start with these settings is refused, and what it says."""
    environ = dict(KEY)
    for wrong in wrongs:
        environ |= wrong.environ
    arguments = [*way, *(option for wrong in wrongs for option in wrong.options)]
    options = PARSER.parse_args(arguments)
    try:
        settings, http = read_settings(options, environ)
    except SettingsRefused as error:
        return True, str(error)
    unused = http.warnings if http else without_effect_over_stdio(environ)
    return False, "\n".join([*setting_warnings(environ, settings), unreachable_warning(environ, settings), *unused])


def _is_moot(one: Wrong, other: Wrong) -> bool:
    """Whether the first is right, or is not read, because of what the second sets."""
    if one.is_unasked and "SCENARIO_MCP_HTTP_AUTH" in other.environ:
        return True
    of_the_live_api = ("SCENARIO_SDK_", "SCENARIO_API_", "HTTPS_PROXY", "SSL_CERT_")
    return one.name.startswith(of_the_live_api) and other.environ.get("SCENARIO_MCP_SANDBOX") == "1"


def _named(text: str) -> set[str]:
    return {*re.findall(r"SCENARIO_[A-Z_]*[A-Z]|(?<!\S)--[a-z]+|HTTPS_PROXY|SSL_CERT_[A-Z]+", text)}


@pytest.mark.parametrize(("way", "wrongs"), WAYS, ids=["stdio", "http"])
def test_each_wrong_setting_is_refused_or_warned_of_in_a_sentence_that_names_it(
    way: Sequence[str], wrongs: Sequence[Wrong]
) -> None:
    for wrong in wrongs:
        is_refused, text = _said(way, wrong)
        assert is_refused == wrong.refused, (wrong, text)
        assert wrong.name in _named(text), (wrong, text)
        assert len(text.strip().splitlines()) == 1 or not is_refused, (wrong, text)


@pytest.mark.parametrize(("way", "wrongs"), WAYS, ids=["stdio", "http"])
def test_of_two_wrong_settings_each_is_named(way: Sequence[str], wrongs: Sequence[Wrong]) -> None:
    # One of each kind: values are tried alone, above.
    kinds = {(wrong.name, wrong.refused, *wrong.environ): wrong for wrong in reversed(wrongs)}.values()
    alone = {id(wrong): _named(_said(way, wrong)[1]) for wrong in kinds}
    for one, other in itertools.combinations(kinds, 2):
        if one.name == other.name or one.environ.keys() & other.environ.keys():
            continue
        if _is_moot(one, other) or _is_moot(other, one):
            continue
        is_refused, text = _said(way, one, other)
        named = _named(text)
        at_fault = {each.name for each in (one, other) if each.refused == is_refused}
        assert is_refused == (one.refused or other.refused), (one, other, text)
        if is_refused and alone[id(one)] & alone[id(other)]:
            assert named & at_fault, (one, other, text)  # what is said of one may come of the other
        else:
            assert at_fault <= named, (one, other, text)


@pytest.mark.parametrize("http", [("--http", "--port", "70000"), ()], ids=["http", "stdio"])
def test_the_command_says_each_in_a_line_and_does_not_start(
    http: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = typed(capsys, *http, SCENARIO_MCP_TIMEOUT_SECONDS="soon", SCENARIO_MCP_LOG_LEVEL="loud")
    assert (ended.code, ended.output) == (2, "")
    assert ended.errors.splitlines() == [
        "scenario-mcp: SCENARIO_MCP_TIMEOUT_SECONDS must be a number of seconds from 1 to 600, not 'soon'.",
        "scenario-mcp: SCENARIO_MCP_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.",
        *(["scenario-mcp: --port must be a number from 0 to 65535."] if http else []),
    ]


def test_scenarios_address_without_its_path_is_completed() -> None:
    environ = {"SCENARIO_BASE_URL": "https://api.cloud.scenario.com/"}
    settings, _ = read_settings(PARSER.parse_args([]), environ)
    assert settings.upstream.base_url == "https://api.cloud.scenario.com/v1"


def test_a_proxy_that_is_not_asked_is_not_warned_of() -> None:
    proxy = {**KEY, "HTTPS_PROXY": "socks5://127.0.0.1:1080"}
    for environ in (
        {**proxy, "SCENARIO_MCP_SANDBOX": "1"},
        {**proxy, "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"},
        {**proxy, "https_proxy": "proxy.example.com:8080"},
    ):
        settings, _ = read_settings(PARSER.parse_args([]), environ)
        assert unreachable_warning(environ, settings) == ""
