"""Settings that are set and have no effect: those that would let strangers in are refused, the others told."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping

from scenario_mcp import environment
from scenario_mcp.errors import SettingsRefused

_PREFIX = "SCENARIO_MCP_"
_OF_METHOD = {
    "SCENARIO_MCP_ACCESS_TOKENS": "access-tokens",
    "SCENARIO_MCP_OAUTH_ISSUER": "oauth",
    "SCENARIO_MCP_OAUTH_SCOPES": "oauth",
    "SCENARIO_MCP_OAUTH_AUDIENCES": "oauth",
    "SCENARIO_MCP_OAUTH_CLIENT_IDS": "oauth",
}
"""The way of authentication that each of these belongs to."""
_OF_KUBERNETES = re.compile(r"SCENARIO_MCP_(?:SERVICE_|PORT(?:_|$))")
"""What Kubernetes adds for a Service of this name."""


def refuse_unasked_tokens(environ: Mapping[str, str], auth: str) -> None:
    """Refuse tokens that no request would be asked for: their writer believes that strangers are kept out.

    Raises:
        SettingsRefused: the setting, and the two ways out.

    """
    for name, method in _OF_METHOD.items():
        if environment.text(environ, name) and auth != method:
            is_set = environment.text(environ, "SCENARIO_MCP_HTTP_AUTH")
            raise SettingsRefused(
                f"{name} is set, but SCENARIO_MCP_HTTP_AUTH is {auth if is_set else 'not'}, so no request needs such a "
                f"token. Set SCENARIO_MCP_HTTP_AUTH to {method}, or remove {name}."
            )


def without_effect(environ: Mapping[str, str], reasons: Iterable[tuple[bool, str, str]]) -> list[str]:
    """Return a sentence for each setting that is set without effect; a reason is: does it hold, the name, and why."""
    return [
        f"{name} has no effect: {reason}"
        for holds, name, reason in reasons
        if holds and environment.text(environ, name)
    ]


def unknown(environ: Mapping[str, str], known: Collection[str]) -> list[str]:
    """Return a sentence for each variable that looks like a setting of ours and is none."""
    sentences = []
    for name in sorted(environ):
        if not name.startswith(_PREFIX) or name in known or _OF_KUBERNETES.match(name):
            continue
        near = difflib.get_close_matches(name.removeprefix(_PREFIX), [each.removeprefix(_PREFIX) for each in known], 1)
        guess = f" Did you mean {_PREFIX}{near[0]}?" if near else ""
        sentences.append(f"{name[:80]} has no effect: there is no such setting.{guess}")
    return sentences
