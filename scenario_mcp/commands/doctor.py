"""`doctor`: what keeps this server from working on this machine, and what to do about it."""

import argparse
import os
import sys
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from scenario_mcp import interruption
from scenario_mcp.commands import add_catalogue_options
from scenario_mcp.doctor.finding import Finding, Sign, skipped

if TYPE_CHECKING:
    from scenario_mcp.doctor.redaction import Redaction

CATALOGUE, SANDBOX = "SCENARIO_MCP_CATALOGUE", "SCENARIO_MCP_SANDBOX"
TITLES = {
    "program": "Program",
    "settings": "Settings",
    "files": "Files",
    "network": "Network",
    "account": "Account",
    "hosts": "Hosts",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.epilog = (
        "Exit codes: 0 nothing is wrong; 1 something is wrong; 2 wrong arguments. docs/doctor.md says what it looks at."
    )
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    parser.add_argument("--offline", action="store_true", help="ask nothing over the network")
    add_catalogue_options(
        parser,
        sandbox="as the server with --sandbox",
        catalogue="as the server with this folder; may be given several times",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Look at everything, write what is found; return the exit code."""
    from scenario_mcp.doctor.redaction import Redaction, secret_values
    from scenario_mcp.doctor.report import as_json, has_signs, lines_of, summary

    from_options = {
        name for name, given in ((CATALOGUE, options.catalogue or options.folders), (SANDBOX, options.sandbox)) if given
    }
    redaction = Redaction(secret_values(environ))
    is_ascii = not has_signs(sys.stdout)
    areas: dict[str, list[Finding]] = {}
    told = _findings(environ, from_options, redaction, is_offline=options.offline)
    with interruption.raised(), closing(told):  # Ctrl-C ends what was started, too
        for area, findings in told:
            areas[area] = [redaction.of(each) for each in findings]
            if not options.json:
                _say(*lines_of(TITLES[area], areas[area], is_ascii=is_ascii), "")
    found = [finding for each in areas.values() for finding in each]
    _say(as_json(areas) if options.json else summary(found))
    code = int(any(each.sign is Sign.WRONG for each in found))
    _end(code)
    return code


def _findings(
    environ: Mapping[str, str], from_options: Iterable[str], redaction: "Redaction", *, is_offline: bool
) -> Generator[tuple[str, list[Finding]], None, None]:
    """Yield the areas in order. What needs nothing but Python comes first, and comes whatever packages are missing."""
    from scenario_mcp.doctor.circumstances import Circumstances, folder_here, machine_here, shell_here
    from scenario_mcp.doctor.program import examine_program
    from scenario_mcp.doctor.settings import examine_settings

    machine = machine_here(environ)
    shell = shell_here(machine)
    yield "program", [*examine_program(environ, shell)]
    options = frozenset(from_options)
    read = examine_settings(environ, shell, options)
    yield "settings", [*read.findings]
    of = Circumstances(
        environ, machine, folder_here(machine), read.settings, shell, read.wrong_names, is_offline, options, redaction
    )
    try:
        from scenario_mcp.doctor.examination import examined
    except ImportError as error:
        for area in ("files", "network", "account", "hosts"):
            yield area, [skipped(f"Not looked at: the module {error.name} is missing")]
        return
    yield from examined(of)


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _end(code: int) -> None:
    """End the process at once if something still waits for a name or a drive: Python itself would wait for it."""
    if any(thread.name == "doctor" for thread in threading.enumerate()):
        os._exit(code)
