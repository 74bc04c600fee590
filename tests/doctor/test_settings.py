"""What is told of settings: each fault that is planted, and the line with its next step."""

import base64
import json

import pytest

from scenario_mcp.doctor import values
from scenario_mcp.doctor.settings import examine_settings
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.settings import Live, Settings
from tests.support.doctor import SHELL, lines, troubles

KEY = {"SCENARIO_SDK_API_KEY": "api_4kQ7key", "SCENARIO_SDK_API_SECRET": "9fT2vXsecret"}
SET_KEY = "→ Set it to its value: export SCENARIO_SDK_API_KEY=KEY"
REFERENCE = "✗ SCENARIO_SDK_API_KEY holds a reference that nothing has replaced, not a value " + SET_KEY
PLACEHOLDER = "✗ SCENARIO_SDK_API_KEY holds a placeholder, not a value " + SET_KEY


def _jwt(**claims: object) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({**KEY, "SCENARIO_SDK_API_KEY": "${KEY}"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "$KEY"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "${env:SCENARIO_SDK_API_KEY}"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "%KEY%"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "{env:KEY}"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "${{ secrets.KEY }}"}, REFERENCE),
        ({**KEY, "SCENARIO_SDK_API_KEY": "your-api-key"}, PLACEHOLDER),
        ({**KEY, "SCENARIO_SDK_API_KEY": "<your key>"}, PLACEHOLDER),
        ({**KEY, "SCENARIO_SDK_API_KEY": "xxxxxxxx"}, PLACEHOLDER),
        ({**KEY, "SCENARIO_SDK_API_KEY": "api_xxxx"}, PLACEHOLDER),
        ({**KEY, "SCENARIO_SDK_API_KEY": "paste-your-key-here"}, PLACEHOLDER),
        ({**KEY, "SCENARIO_SDK_API_KEY": "API_KEY"}, PLACEHOLDER),
        (
            {**KEY, "SCENARIO_SDK_API_KEY": '"api_4kQ7key"'},
            (
                "✗ SCENARIO_SDK_API_KEY has quotation marks around its value "
                "→ Write it without them: export SCENARIO_SDK_API_KEY=KEY"
            ),
        ),
        (
            {**KEY, "SCENARIO_BASE_URL": "'https://api.cloud.scenario.com/v1'"},
            (
                "! SCENARIO_BASE_URL has quotation marks around its value, left out here; other programs may send it "
                "along "
                "→ export SCENARIO_BASE_URL=https://api.cloud.scenario.com/v1"
            ),
        ),
        (
            {**KEY, "SCENARIO_PROJECT_ID": "${user_config.project}"},
            (
                "✗ SCENARIO_PROJECT_ID holds a reference that nothing has replaced, not a value "
                "→ Set it to its value: export SCENARIO_PROJECT_ID=VALUE"
            ),
        ),
        (
            {**KEY, "SCENARIO_PROJECT_ID": "“proj_1”"},
            (
                "✗ SCENARIO_PROJECT_ID has quotation marks around its value "
                "→ Write it without them: export SCENARIO_PROJECT_ID=proj_1"
            ),
        ),
        (
            {**KEY, "SCENARIO_SDK_API_SECRET": "9fT2vXsecret\r\n"},
            (
                "! SCENARIO_SDK_API_SECRET has a line end around its value, left out here; other programs may send "
                "it along "
                "→ export SCENARIO_SDK_API_SECRET=SECRET"
            ),
        ),
        (
            {**KEY, "SCENARIO_PROJECT_ID": " proj_1"},
            (
                "! SCENARIO_PROJECT_ID has blanks around its value, left out here; other programs may send it along "
                "→ export SCENARIO_PROJECT_ID=proj_1"
            ),
        ),
        (
            {"SCENARIO_SDK_API_KEY": "api_4kQ7key"},
            (
                "✗ SCENARIO_SDK_API_KEY is set but SCENARIO_SDK_API_SECRET is not. "
                "→ Set both: they are the two halves of one key."
            ),
        ),
        (
            {"SCENARIO_SDK_API_KEY": "api_4kQ7key:9fT2vXsecret"},
            (
                "✗ SCENARIO_SDK_API_KEY holds a colon, which no key has: put what follows it into "
                "SCENARIO_SDK_API_SECRET. "
                "→ export SCENARIO_SDK_API_KEY=KEY, or without it: unset SCENARIO_SDK_API_KEY"
            ),
        ),
        (
            {**KEY, "SCENARIO_SDK_API_SECRET": "two words"},
            "✗ SCENARIO_SDK_API_SECRET holds white space or a control character. → Copy the value again.",
        ),
        (
            {**KEY, "SCENARIO_MCP_TIMEOUT_SECONDS": "soon"},
            (
                "✗ SCENARIO_MCP_TIMEOUT_SECONDS must be a number of seconds from 1 to 600, not 'soon'. "
                "→ export SCENARIO_MCP_TIMEOUT_SECONDS=30, or without it: unset SCENARIO_MCP_TIMEOUT_SECONDS"
            ),
        ),
        (
            {**KEY, "SCENARIO_BASE_URL": "http://api.example.com/v1"},
            (
                "✗ SCENARIO_BASE_URL would be reached unencrypted: http is for this machine only. "
                "→ Write https:// instead. Example: https://api.cloud.scenario.com/v1"
            ),
        ),
        (
            {**KEY, "SCENARIO_MCP_CATALOG": "/art"},
            (
                "! SCENARIO_MCP_CATALOG is no setting of this server "
                "→ Write SCENARIO_MCP_CATALOGUE, or: unset SCENARIO_MCP_CATALOG"
            ),
        ),
        (
            {**KEY, "SCENARIO_API_KEY": "another"},
            (
                "! SCENARIO_API_KEY and SCENARIO_SDK_API_KEY differ, and SCENARIO_SDK_API_KEY wins → unset "
                "SCENARIO_API_KEY"
            ),
        ),
        (
            {**KEY, "SCENARIO_MCP_SANDBOX": "1"},
            (
                "! SCENARIO_MCP_SANDBOX is set, so Scenario is not asked and SCENARIO_SDK_API_KEY and "
                "SCENARIO_SDK_API_SECRET count for nothing → To search your account: unset SCENARIO_MCP_SANDBOX"
            ),
        ),
        (
            {**KEY, "SCENARIO_SDK_JWT": _jwt(exp=4e9)},
            "! An API key and SCENARIO_SDK_JWT are both set; the key wins → unset SCENARIO_SDK_JWT",
        ),
        (
            {"SCENARIO_SDK_JWT": _jwt(exp=1_700_000_000)},
            "✗ SCENARIO_SDK_JWT was valid until 2023-11-14 22:13 UTC → Get a new token: export SCENARIO_SDK_JWT=TOKEN",
        ),
    ],
)
def test_each_fault_is_one_line_with_its_next_step(environ: dict[str, str], line: str) -> None:
    assert troubles(examine_settings(environ, SHELL).findings) == [line]


def test_settings_of_a_server_over_http_are_looked_at_too() -> None:
    environ = {
        "SCENARIO_MCP_SANDBOX": "1",
        "SCENARIO_MCP_HTTP_AUTH": "passwords",
        "SCENARIO_MCP_CALLS_PER_MINUTE": "many",
        "SCENARIO_MCP_ACCESS_TOKENS": "9fT2vXsecret-of-somebody",
    }
    found = examine_settings(environ, SHELL)
    assert found.wrong_names == environ.keys() - {"SCENARIO_MCP_SANDBOX"}
    assert len(troubles(found.findings)) == 3
    assert "9fT2vXsecret" not in "".join(lines(found.findings))


def test_several_faults_are_told_at_once_and_the_rest_still_counts() -> None:
    environ = {
        **KEY,
        "SCENARIO_MCP_LOG_LEVEL": "loud",
        "SCENARIO_MCP_RESOURCE_LINKS": "perhaps",
        "SCENARIO_CDN_HOSTS": "https://cdn.example.com",
        "SCENARIO_PROJECT_ID": "proj_1",
    }
    read = examine_settings(environ, SHELL)
    assert len(troubles(read.findings)) == 3
    assert read.wrong_names == {"SCENARIO_MCP_LOG_LEVEL", "SCENARIO_MCP_RESOURCE_LINKS", "SCENARIO_CDN_HOSTS"}
    assert (read.settings.credentials.api_key, read.settings.credentials.project_id) == ("api_4kQ7key", "proj_1")


def test_half_of_a_key_that_is_a_placeholder_takes_the_other_half_with_it() -> None:
    read = examine_settings({**KEY, "SCENARIO_SDK_API_SECRET": "your-api-secret"}, SHELL)
    assert not read.settings.can_search
    assert len(troubles(read.findings)) == 1


def test_what_is_set_is_shown_with_its_origin_and_secrets_by_their_length() -> None:
    environ = {
        "SCENARIO_API_KEY": "api_4kQ7key",
        "SCENARIO_API_SECRET": "9fT2vXsecret",
        "SCENARIO_MCP_SANDBOX": "0",
        "SCENARIO_MCP_HTTP_AUTH": "caller-key",
    }
    read = examine_settings(environ, SHELL, {"SCENARIO_MCP_SANDBOX"})
    assert read.settings.upstream == Live()
    assert lines(read.findings) == [
        "✓ SCENARIO_API_KEY is set in the environment, another name of SCENARIO_SDK_API_KEY: 11 characters, not shown",
        (
            "✓ SCENARIO_API_SECRET is set in the environment, another name of SCENARIO_SDK_API_SECRET: 12 characters, "
            "not shown"
        ),
        "✓ SCENARIO_MCP_SANDBOX is set by the command line: 0",
        "✓ SCENARIO_MCP_HTTP_AUTH is set in the environment, for a server over HTTP alone: caller-key",
        (
            "✓ By default: API https://api.cloud.scenario.com/v1, pictures from cdn.cloud.scenario.com, 30 s a call, "
            "log level warning"
        ),
    ]


def test_on_windows_the_lines_are_those_of_powershell() -> None:
    environ = {**KEY, "SCENARIO_MCP_SANDBOX": "maybe", "SCENARIO_PROJECT_ID": "'a b'"}
    assert troubles(examine_settings(environ, Shell("windows")).findings) == [
        (
            "✗ SCENARIO_PROJECT_ID has quotation marks around its value "
            "→ Write it without them: $env:SCENARIO_PROJECT_ID = 'a b'"
        ),
        (
            "✗ SCENARIO_MCP_SANDBOX must be 1 or 0, not 'maybe'. "
            "→ $env:SCENARIO_MCP_SANDBOX = 1, or without it: Remove-Item Env:SCENARIO_MCP_SANDBOX"
        ),
    ]


def test_nothing_that_is_set_gives_the_settings_of_before() -> None:
    assert examine_settings({}, SHELL).settings == Settings()


@pytest.mark.parametrize("jwt", ["", "a.b", "a.!!.c", "a.bnVsbA.c", _jwt(exp="soon"), _jwt(exp=True), _jwt()])
def test_a_token_that_does_not_say_when_it_ends_never_ends(jwt: str) -> None:
    assert values.expiry(jwt) is None


def test_a_moment_out_of_all_bounds_is_still_told() -> None:
    assert values.day_and_time(1e300) == "a day out of all bounds"
