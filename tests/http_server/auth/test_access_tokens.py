"""Access tokens of our own are made, kept as digests, read from the settings, and never echoed."""

import hashlib
import re
import subprocess
import sys

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server.auth.access_tokens import make_token, read_entries

DIGEST = "0f" * 32
NO_ENTRY = (
    "Entry {} of SCENARIO_MCP_ACCESS_TOKENS must be NAME:SHA256, as `scenario-mcp token NAME` prints it. The token "
    "itself never stands there."
)


def refusal(text: str) -> str:
    with pytest.raises(SettingsRefused) as refused:
        read_entries(text)
    return str(refused.value)


def test_a_token_is_known_by_its_entry_alone() -> None:
    token, entry = make_token("build-farm")
    assert re.fullmatch(r"smcp_[A-Za-z0-9_-]{43}", token)
    assert entry == f"build-farm:{hashlib.sha256(token.encode()).hexdigest()}"
    assert read_entries(entry) == (("build-farm", hashlib.sha256(token.encode()).digest()),)


def test_no_two_tokens_are_the_same() -> None:
    assert make_token("a")[0] != make_token("a")[0]


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a,b", "x" * 65, "né", "a\n"])
def test_a_name_that_an_entry_cannot_hold_gets_no_token(name: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        make_token(name)
    assert str(refused.value) == (
        "The name of an access token is 1 to 64 letters, digits, hyphens, underscores or dots, such as build-farm."
    )


def test_entries_are_parted_by_commas_and_white_space_and_a_name_may_have_several() -> None:
    entries = f"anna:{'01' * 32}, build.farm_2:{'AB' * 32}\n  anna:{'02' * 32},anna:{'01' * 32},\n"
    assert read_entries(entries) == (
        ("anna", b"\x01" * 32),
        ("build.farm_2", b"\xab" * 32),
        ("anna", b"\x02" * 32),
    )


@pytest.mark.parametrize("text", ["", "  ", ",\n,"])
def test_without_entries_there_are_none(text: str) -> None:
    assert read_entries(text) == ()


@pytest.mark.parametrize(
    "entry",
    [
        "anna",
        "anna:",
        f":{DIGEST}",
        f"anna:{DIGEST}0",
        f"anna:{DIGEST[1:]}",
        f"anna:{DIGEST[:-1]}g",
        f"anna:{DIGEST}:{DIGEST}",
        f"än:{DIGEST}",
        f"{'x' * 65}:{DIGEST}",
        pytest.param(make_token("anna")[0], id="a token"),
        pytest.param(f"anna:{make_token('anna')[0]}", id="a name and a token"),
    ],
)
def test_what_is_no_entry_is_refused_by_its_number_and_never_shown(entry: str) -> None:
    assert refusal(f"first:{'01' * 32},{entry}") == NO_ENTRY.format(2)


def test_one_token_under_two_names_is_refused() -> None:
    assert refusal(f"anna:{DIGEST},ben:{DIGEST.upper()}") == (
        "Entries of SCENARIO_MCP_ACCESS_TOKENS hold one token under two names, anna and ben. Make a token for each "
        "with `scenario-mcp token NAME`."
    )


def test_reading_entries_loads_nothing_of_http() -> None:
    script = (
        "import sys, scenario_mcp.http_server.auth.access_tokens\n"
        "print(*{'starlette', 'jwt', 'httpx', 'mcp'} & set(sys.modules))"
    )
    finished = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (finished.returncode, finished.stdout) == (0, "\n")
