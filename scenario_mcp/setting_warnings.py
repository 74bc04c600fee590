"""Settings that have no effect, or with which no call can succeed: a sentence each, for the log at the start."""

import os
from collections.abc import Iterator, Mapping

from scenario_mcp import environment
from scenario_mcp.addresses import is_loopback, proxy_problem
from scenario_mcp.certificates import certificates_problem
from scenario_mcp.settings import OTHER_NAMES, Live, Settings


def setting_warnings(environ: Mapping[str, str], settings: Settings) -> Iterator[str]:
    """Yield what whoever wrote the settings may not expect."""
    for folder in settings.image_folders:
        if not os.path.isdir(folder):  # noqa: PTH112  # which never raises
            yield f"The folder {folder} of SCENARIO_MCP_IMAGE_FOLDERS is missing: no picture is read from it."
    for name in settings.unfilled:
        yield f"{name} holds a placeholder, so it counts as not set."
    if not isinstance(settings.upstream, Live):
        return
    if environment.text(environ, "SCENARIO_MCP_SANDBOX_FAULT"):
        yield (
            "SCENARIO_MCP_SANDBOX_FAULT has no effect: Scenario itself is searched. Set SCENARIO_MCP_SANDBOX=1, or "
            "remove it."
        )
    for other, name in OTHER_NAMES.items():
        values = {environ.get(each, "").strip() for each in (other, name) if each not in settings.unfilled} - {""}
        if len(values) > 1:
            yield f"{other} has no effect: {name} is set, too, to another value. Remove one of the two."
    if settings.credentials.api_key and settings.credentials.jwt:
        yield "SCENARIO_SDK_JWT has no effect: an API key is set, too, and wins. Remove one of the two."


def unreachable_warning(environ: Mapping[str, str], settings: Settings) -> str:
    """Return why no request can get to Scenario; nothing if it can, as far as the settings tell."""
    if not isinstance(settings.upstream, Live):
        return ""
    return " ".join(filter(None, (_proxy_problem(environ, settings.upstream.base_url), certificates_problem(environ))))


def _proxy_problem(environ: Mapping[str, str], base_url: str) -> str:
    name, address = _proxy(environ)
    problem = proxy_problem(address) if address else ""
    if not problem:
        return ""
    from urllib.parse import urlsplit
    from urllib.request import proxy_bypass

    host = urlsplit(base_url).hostname or ""
    return "" if is_loopback(host) or proxy_bypass(host) else f"{name} {problem}"


def _proxy(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that holds the address of the proxy, and the address; the small spelling wins."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if address := environ.get(name, ""):
            return name, address
    return "", ""
