"""Settings: which are set, from where they come, what is wrong with each, and what is left without the wrong ones."""

import difflib
import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from scenario_mcp import environment
from scenario_mcp.doctor import values
from scenario_mcp.doctor.finding import Finding, Sign, note, well, wrong
from scenario_mcp.doctor.setting_names import EXAMPLES, HTTP_NAMES, NAMES, OTHER_NAMES, SECRETS
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.settings import Live, Settings

_PREFIXES = ("SCENARIO_", "SCENARIO-", "SCENARIOMCP")
_KNOWN = tuple(dict.fromkeys((*NAMES, *HTTP_NAMES)))
_CREDENTIALS_COME_IN_TWO = frozenset(
    {"SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET", "SCENARIO_API_KEY", "SCENARIO_API_SECRET"}
)


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What is found, and the settings without what is wrong."""

    findings: tuple[Finding, ...]
    settings: Settings
    wrong_names: frozenset[str] = frozenset()
    """Variables that were left out."""


def examine_settings(
    environ: Mapping[str, str], shell: Shell, from_options: Collection[str] = (), now: float | None = None
) -> ReadSettings:
    """Look at every setting; `from_options` are the variables that options of the command line stand for."""
    known = {name: environ[name] for name in _KNOWN if environ.get(name, "").strip()}
    problems = {name: found for name, value in known.items() if (found := values.problem(name, value))}
    left = {name: value for name, value in environ.items() if name not in problems}
    if _CREDENTIALS_COME_IN_TWO & problems.keys():  # half a key is told once
        left = {name: value for name, value in left.items() if name not in _CREDENTIALS_COME_IN_TWO}
    settings, refusals = read_without_refusals(left)
    findings = [
        *(_of_problem(name, found, known[name], shell) for name, found in problems.items()),
        *(_of_refusal(names, sentence, shell) for names, sentence in refusals),
    ]
    http_refusals, warnings = _http_settings(left, settings)
    findings += [*(_of_refusal(names, sentence, shell) for names, sentence in http_refusals)]
    findings += [Finding.of_sentences(Sign.NOTE, each, "See docs/hosting.md") for each in warnings]
    refused = {name for names, _ in (*refusals, *http_refusals) for name in names}
    for name, value in known.items():
        if name not in problems and name not in refused:
            findings += _of_value(name, value, shell, is_option=name in from_options)
    findings += _unknown(environ, shell)
    findings += _contradictions(known, settings, shell, time.time() if now is None else now)
    findings.append(_defaults(known, settings))
    return ReadSettings(tuple(findings), settings, frozenset(refused | problems.keys()))


def read_without_refusals(environ: Mapping[str, str]) -> tuple[Settings, list[tuple[tuple[str, ...], str]]]:
    """Read settings, each time without what was refused; return the refusals: the variables named, and the sentence."""
    left = dict(environ)
    refusals: list[tuple[tuple[str, ...], str]] = []
    while True:
        try:
            return Settings.from_environ(left), refusals
        except SettingsRefused as error:
            sentence = str(error)
            names = _named(sentence, left) or tuple(name for name in left if name.startswith("SCENARIO_"))
            refusals.append((names, sentence))
            for name in (*names, *(_CREDENTIALS_COME_IN_TWO if _CREDENTIALS_COME_IN_TWO & {*names} else ())):
                left.pop(name, None)  # half a key is told once


def _http_settings(
    environ: Mapping[str, str], settings: Settings
) -> tuple[list[tuple[tuple[str, ...], str]], tuple[str, ...]]:
    """Return what a server over HTTP would refuse on this machine, and what it would warn of."""
    left = {name: value for name, value in environ.items() if name in HTTP_NAMES and value.strip()}
    refusals: list[tuple[tuple[str, ...], str]] = []
    while left:
        try:
            read = HttpSettings.from_environ(left, settings, host="127.0.0.1", port=8000, workers=1)
        except SettingsRefused as error:
            names = tuple(name for name in _named(str(error), left) if name in HTTP_NAMES) or tuple(left)
            refusals.append((names, str(error)))
            left = {name: value for name, value in left.items() if name not in names}
        else:
            return refusals, read.warnings
    return refusals, ()


def _named(sentence: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables of an environment that a sentence names."""
    return tuple(name for name in _KNOWN if name in environ and re.search(rf"\b{name}\b", sentence))


def _of_problem(name: str, found: str, value: str, shell: Shell) -> Finding:
    if found.startswith("has quotation marks"):
        bare = value.strip()[1:-1]
        written = EXAMPLES.get(name, "VALUE") if name in SECRETS else bare
        return wrong(f"{name} {found}", f"Write it without them: {shell.set_variable(name, written)}")
    return wrong(f"{name} {found}", f"Set it to its value: {shell.set_variable(name, EXAMPLES.get(name, 'VALUE'))}")


def _of_refusal(names: tuple[str, ...], sentence: str, shell: Shell) -> Finding:
    step = ""
    if names:
        example = EXAMPLES.get(names[0])
        remove = shell.remove_variable(names[0])
        step = (
            f"{shell.set_variable(names[0], example)}, or without it: {remove}" if example else f"Correct it: {remove}"
        )
    return Finding.of_sentences(Sign.WRONG, sentence, step)


def _of_value(name: str, value: str, shell: Shell, *, is_option: bool) -> Iterator[Finding]:
    origin = "by the command line" if is_option else "in the environment"
    alone = ", for a server over HTTP alone" if name in HTTP_NAMES else ""
    other = f", another name of {OTHER_NAMES[name]}" if name in OTHER_NAMES else ""
    yield well(f"{name} is set {origin}{alone}{other}: {values.shown(name, value)}")
    if values.has_blanks_around(value) or values.is_quoted(value):
        what = "a line end" if value.strip(" \t") != value.strip() else "blanks"
        what = "quotation marks" if values.is_quoted(value) else what
        written = EXAMPLES.get(name, "VALUE") if name in SECRETS else environment.unquoted(value)
        yield note(
            f"{name} has {what} around its value, left out here; other programs may send it along",
            shell.set_variable(name, written),
        )


def unknown_names(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield variables that look like settings and are none, each with the nearest that is one, if any is near."""
    for name in sorted(environ):
        if name not in _KNOWN and name.upper().startswith(_PREFIXES):
            near = difflib.get_close_matches(name.upper(), _KNOWN, 1, cutoff=0.75)
            yield name, near[0] if near else ""


def _unknown(environ: Mapping[str, str], shell: Shell) -> Iterator[Finding]:
    for name, near in unknown_names(environ):
        step = shell.remove_variable(name)
        yield note(f"{name} is no setting of this server", f"Write {near}, or: {step}" if near else step)


def _contradictions(known: Mapping[str, str], settings: Settings, shell: Shell, now: float) -> Iterator[Finding]:
    for other, name in OTHER_NAMES.items():
        if other in known and name in known and known[other].strip() != known[name].strip():
            yield note(f"{other} and {name} differ, and {name} wins", shell.remove_variable(other))
    if not isinstance(settings.upstream, Live):
        if unused := [name for name in _CREDENTIALS_COME_IN_TWO | {"SCENARIO_SDK_JWT"} if name in known]:
            way = next((each for each in ("SCENARIO_MCP_CATALOGUE", "SCENARIO_MCP_SANDBOX") if each in known), "")
            yield note(
                f"{way} is set, so Scenario is not asked and {' and '.join(sorted(unused))} count for nothing",
                f"To search your account: {shell.remove_variable(way)}",
            )
        return
    if settings.credentials.jwt:
        if settings.credentials.api_key:
            yield note(
                "An API key and SCENARIO_SDK_JWT are both set; the key wins", shell.remove_variable("SCENARIO_SDK_JWT")
            )
        elif (end := values.expiry(settings.credentials.jwt)) is not None and end < now:
            yield wrong(
                f"SCENARIO_SDK_JWT was valid until {values.day_and_time(end)}",
                f"Get a new token: {shell.set_variable('SCENARIO_SDK_JWT', 'TOKEN')}",
            )


def _defaults(known: Mapping[str, str], settings: Settings) -> Finding:
    defaults = {
        "SCENARIO_BASE_URL": f"API {settings.upstream.base_url}" if isinstance(settings.upstream, Live) else "",
        "SCENARIO_CDN_HOSTS": f"pictures from {', '.join(settings.cdn_hosts)}",
        "SCENARIO_MCP_TIMEOUT_SECONDS": f"{settings.timeout_seconds:g} s a call",
        "SCENARIO_MCP_LOG_LEVEL": f"log level {settings.log_level}",
    }
    left = [text for name, text in defaults.items() if name not in known and text]
    return well(f"By default: {', '.join(left)}" if left else "Every setting with a default is set")
