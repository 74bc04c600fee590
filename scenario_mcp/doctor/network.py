"""The network: the proxy, names, certificates, how fast the API's host answers, and whether this clock is right."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from urllib.request import getproxies

import anyio

from scenario_mcp.addresses import is_loopback
from scenario_mcp.api.probe import Probe, probe
from scenario_mcp.doctor.finding import Finding, Sign, note, skipped, well, wrong
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.doctor.values import without_user
from scenario_mcp.errors import Unavailable
from scenario_mcp.hosts.places import System
from scenario_mcp.net.connections import Network, is_direct
from scenario_mcp.net.download import Resolve, is_public, resolve_host
from scenario_mcp.settings import Live, Settings

ANSWER_SECONDS = 10.0
RESOLVE_SECONDS = 5.0
SLOW_SECONDS = 3.0
NOTED_OFFSET_SECONDS, WRONG_OFFSET_SECONDS = 60, 300
"""Signatures and tokens are mostly taken five minutes early or late."""
_SET_CLOCK: Mapping[System, str] = {
    "linux": "sudo timedatectl set-ntp true",
    "macos": "sudo sntp -sS time.apple.com",
    "windows": "w32tm /resync",
}


@dataclass(frozen=True, slots=True)
class NetworkFindings:
    """What is found, and whether the API can be asked."""

    findings: tuple[Finding, ...]
    is_reached: bool


async def examine_network(
    settings: Settings, system: System, shell: Shell, resolve: Resolve = resolve_host
) -> NetworkFindings:
    """Ask the API's host without credentials; stop at what keeps all else from working."""
    settings = replace(settings, timeout_seconds=min(settings.timeout_seconds, ANSWER_SECONDS))
    base_url = settings.upstream.base_url
    host = urlsplit(base_url).hostname or ""
    network = Network(settings.ca_bundle)
    try:
        network.tls  # noqa: B018  # it is made here
        async with network.transport(base_url):
            pass
    except Unavailable as error:
        return NetworkFindings((Finding.of_error(Sign.WRONG, error),), is_reached=False)
    is_proxied = network.has_proxy and not is_direct(base_url)
    findings = [_way(base_url, is_proxied=is_proxied)]
    if not is_proxied and not is_loopback(host):
        name = await _name(host, resolve)
        findings.append(name)
        if name.sign is Sign.WRONG:
            return NetworkFindings(tuple(findings), is_reached=False)
    try:
        answer = await probe(settings)
    except Unavailable as error:
        return NetworkFindings((*findings, _failure(error, shell)), is_reached=False)
    findings += [_answer(answer, host, base_url, shell), _clock(answer, host, system)]
    return NetworkFindings(tuple(findings), is_reached=True)


async def examine_picture_host(host: str, settings: Settings) -> Finding:
    """Ask a picture host for nothing in particular."""
    place = replace(settings, upstream=Live(f"https://{host}"), timeout_seconds=ANSWER_SECONDS)
    try:
        answer = await probe(place, path="/")
    except Unavailable as error:
        return Finding.of_sentences(Sign.WRONG, _of_picture_host(error.told(to_operator=True)))
    return well(f"The picture host {host} answers in {duration(answer.seconds)}")


def _of_picture_host(sentence: str) -> str:
    """Return a sentence on the API as one on the picture host."""
    words = {
        "Scenario could": "The picture host could",
        "Scenario did": "The picture host did",
        "SCENARIO_BASE_URL": "SCENARIO_CDN_HOSTS",
    }
    for word, other in words.items():
        sentence = sentence.replace(word, other)
    return sentence


def _way(base_url: str, *, is_proxied: bool) -> Finding:
    proxies = getproxies()
    address = proxies.get("https") or proxies.get("all") or ""
    if is_proxied:
        return well(f"Scenario is asked through the proxy {without_user(address)}")
    if address and is_loopback(urlsplit(base_url).hostname or ""):
        return well(f"The proxy {without_user(address)} is not used for this machine")
    return well("NO_PROXY keeps Scenario from the proxy" if address else "No proxy is set")


async def _name(host: str, resolve: Resolve) -> Finding:
    try:
        with anyio.fail_after(RESOLVE_SECONDS):
            addresses = await resolve(host)
    except TimeoutError:
        return wrong(f"The name {host} was not resolved within {RESOLVE_SECONDS:g} s", _look_up(host))
    except (OSError, ValueError):
        return wrong(f"The name {host} has no address", _look_up(host))
    if not all(map(is_public, addresses)):
        return note(
            f"The name {host} leads to {', '.join(addresses[:3])}, which is not on the internet",
            f"Unless a VPN or gateway of yours is there, take {host} out of the hosts file or the blocker",
        )
    return well(f"The name {host} has {len(addresses)} address{'es' if len(addresses) > 1 else ''}")


def _look_up(host: str) -> str:
    return (
        f"Check SCENARIO_BASE_URL, then the network: nslookup {host}. Where only a proxy leads out, set it: "
        "HTTPS_PROXY=http://proxy.example.com:8080"
    )


def _failure(error: Unavailable, shell: Shell) -> Finding:
    found = Finding.of_error(Sign.WRONG, error)
    if "SCENARIO_MCP_CA_BUNDLE" in found.next_step:
        line = shell.set_variable("SCENARIO_MCP_CA_BUNDLE", "FILE.pem")
        return replace(found, next_step=f"{found.next_step.rstrip('.')}: {line}")
    return found


def _answer(answer: Probe, host: str, base_url: str, shell: Shell) -> Finding:
    took = f"{host} answers in {duration(answer.seconds)}"
    if answer.seconds > SLOW_SECONDS:
        return note(
            f"{took}, which is slow",
            f"Check the network; to wait longer: {shell.set_variable('SCENARIO_MCP_TIMEOUT_SECONDS', '60')}",
        )
    return well(
        f"{took}, with a certificate that is trusted" if base_url.startswith("https") else f"{took}, without TLS"
    )


def _clock(answer: Probe, host: str, system: System) -> Finding:
    offset = answer.clock_offset_seconds
    if offset is None:
        return skipped(f"The clock is not compared: {host} gives no date")
    if abs(offset) <= NOTED_OFFSET_SECONDS:
        return well(f"The clock agrees with that of {host}")
    sign = Sign.WRONG if abs(offset) > WRONG_OFFSET_SECONDS else Sign.NOTE
    way = "ahead of" if offset > 0 else "behind"
    return Finding(sign, f"The clock is {_in_units(abs(offset))} {way} that of {host}", f"Set it: {_SET_CLOCK[system]}")


def _in_units(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def duration(seconds: float) -> str:
    """Return how long something took."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(1, round(seconds * 1000))} ms"
