"""Secrets taken out of what leaves: those that are known, and whatever looks like one."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from scenario_mcp.doctor.finding import Finding
from scenario_mcp.doctor.setting_names import SECRETS
from scenario_mcp.doctor.values import without_user
from scenario_mcp.text import Secrets, clean, without_links

MAX_CHARACTERS = 2_000
_AUTHORIZATION = re.compile(r"(?i)\b(basic|bearer)(\s+)[a-z0-9+/=._~-]{6,}")
_SECRET_NAME = re.compile(r"(?i)key|secret|token|jwt|password|passwd|auth|credential|cookie")
_SIGNED = re.compile(r"[?&](?:Policy|Signature|Key-Pair-Id)=", re.IGNORECASE)
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"})


def secret_values(environ: Mapping[str, str]) -> Iterable[str]:
    """Yield what must not be shown of an environment: by the names of its variables, and passwords of proxies."""
    for name, value in environ.items():
        bare = value.strip()
        if name in SECRETS or _SECRET_NAME.search(name):
            yield from (bare, bare.strip("\"'"))
        if name.lower() in _PROXIES or "redis" in name.lower():
            yield from passwords(bare)


def secret_arguments(arguments: Iterable[str]) -> Iterable[str]:
    """Yield what must not be shown of a command line: headers, values of named secrets, passwords in addresses."""
    for argument in arguments:
        name, mark, value = argument.partition("=" if "=" in argument.partition(":")[0] else ":")
        if mark and _SECRET_NAME.search(name):
            yield from (value.strip(), value.strip().rpartition(" ")[2])
        yield from passwords(argument)


def passwords(address: str) -> Iterable[str]:
    """Yield the password of an address, as it is written and as it is meant."""
    try:
        found = urlsplit(address if "://" in address else f"//{address}").password or ""
    except ValueError:
        return
    yield from (found, unquote(found))


class Redaction:
    """Takes secrets out of findings, as the last step."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = set(known)

    def learn(self, more: Iterable[str]) -> None:
        """Take these out from now on, too."""
        self._known.update(more)

    def of(self, finding: Finding) -> Finding:
        """Return a finding that may be shown: on one line, without secrets."""
        return Finding(finding.sign, self._safe(finding.fact), self._safe(finding.next_step))

    def _safe(self, text: str) -> str:
        line = Secrets(self._known).removed_from(clean(text, MAX_CHARACTERS))
        line = _AUTHORIZATION.sub(r"\1\2[secret removed]", without_user(line))
        return without_links(line) if _SIGNED.search(line) else line
