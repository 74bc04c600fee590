"""References in entries: replaced as each host does, and those that stay as text."""

import pytest

from scenario_mcp.doctor.references import STAND_IN, Replaced, replace_references
from scenario_mcp.hosts.table import BY_NAME

ENVIRON = {"KEY": "value"}


@pytest.mark.parametrize(
    ("host", "written", "replaced"),
    [
        ("claude-desktop", "${KEY}", Replaced("${KEY}", left=("${KEY}",))),
        ("claude-desktop", "%KEY%", Replaced("%KEY%", left=("%KEY%",))),
        ("claude-desktop", "plain $5", Replaced("plain $5")),
        ("claude-code", "a ${KEY} b", Replaced("a value b")),
        ("claude-code", "${OTHER:-}", Replaced("", unset=("OTHER",))),
        ("claude-code", "${OTHER:-some}", Replaced("some")),
        ("claude-code", "${OTHER}", Replaced("${OTHER}", unset=("OTHER",))),
        ("claude-code", "$KEY", Replaced("$KEY", left=("$KEY",))),
        ("cursor", "${env:KEY}", Replaced("value")),
        ("cursor", "${KEY}", Replaced("${KEY}", left=("${KEY}",))),
        ("vscode", "${input:the-key}", Replaced(STAND_IN, is_asked_for=True)),
        ("vscode", "${env:KEY}", Replaced("value")),
        ("gemini-cli", "$KEY", Replaced("value")),
        ("gemini-cli", "${OTHER}", Replaced("", unset=("OTHER",))),
        ("opencode", "{env:KEY}", Replaced("value")),
        ("opencode", "${KEY}", Replaced("${KEY}", left=("${KEY}",))),
    ],
)
def test_each_host_replaces_its_own_form(host: str, written: str, replaced: Replaced) -> None:
    assert replace_references(written, BY_NAME[host], ENVIRON) == replaced


def test_every_form_that_install_writes_is_replaced() -> None:
    for host in BY_NAME.values():
        if host.reference:
            written = host.reference.replace("NAME", "KEY")
            assert replace_references(written, host, ENVIRON).left == ()
