"""List what an installation brings: `python -m scripts.bill_of_materials FILE [--extra NAME ...]`.

FILE gets a CycloneDX bill of materials in JSON, made by `cyclonedx-bom` from an environment with this package alone. On
the terminal stand the licences, with the packages under each. Then `pip-audit` looks for known faults, if its advisory
service can be reached. `uv` fetches both tools. The exit code is 0 without known faults, also if nobody could be asked,
1 with some, and 2 if a tool is missing.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_LONGEST_LICENCE = 60
"""A longer one is a licence's whole text."""


def licences(bill: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the packages under each licence that a bill of materials names, by the name of the licence."""
    found: dict[str, set[str]] = defaultdict(set)
    for component in bill.get("components", []):
        for licence in _names(component.get("licenses", [])) or ["not told"]:
            found[licence].add(f"{component['name']} {component.get('version', '')}".strip())
    return {licence: sorted(found[licence], key=str.lower) for licence in sorted(found, key=str.lower)}


def _names(told: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the licences of one component: an SPDX expression, or ids and names."""
    names = []
    for each in told:
        licence = each.get("license", {})
        name = each.get("expression") or licence.get("id") or licence.get("name", "")
        if name and len(name) <= _LONGEST_LICENCE and "\n" not in name:
            names.append(name.removeprefix("License :: ").removeprefix("OSI Approved :: "))
    return list(dict.fromkeys(names))


def _make(uv: str, file: Path, extras: list[str], folder: Path) -> int:
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    subprocess.run([uv, "venv", "-q", folder], check=True)  # noqa: S603  # uv, by its full path
    subprocess.run([uv, "pip", "install", "-q", "--python", python, wanted], check=True)  # noqa: S603  # as above
    tool = [uv, "tool", "run", "-q", "--from"]
    subprocess.run([*tool, "cyclonedx-bom", "cyclonedx-py", "environment", python, "-o", file], check=True)  # noqa: S603  # as above
    for licence, packages in licences(json.loads(file.read_text("utf-8"))).items():
        print(f"{licence}: {', '.join(packages)}")
    (site_packages,) = {each.parent for each in folder.rglob("pydantic") if each.parent.name == "site-packages"}
    audit = subprocess.run(  # noqa: S603  # as above
        [*tool, "pip-audit", "pip-audit", "--path", site_packages, "--progress-spinner", "off", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    sentence, is_faulty = told_by_audit(audit.stdout)
    print(sentence)
    return int(is_faulty)


def told_by_audit(output: str) -> tuple[str, bool]:
    """Return what the JSON of `pip-audit` comes to, in words, and whether it names known faults."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        dependencies = []
    known = [each for each in dependencies if "skip_reason" not in each]
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in known
        for fault in each["vulns"]
    ]
    if not known:
        return (
            "Known faults: not looked for, since the advisory service knew none of the packages or did not answer.",
            False,
        )
    asked = f"{len(known)} of {len(dependencies)} packages were looked up"
    return f"Known faults ({asked}): {'; '.join(faults) or 'none'}.", bool(faults)


def main() -> int:
    """Write the bill of materials, and print what it holds; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where the bill of materials is written, such as sbom.json")
    parser.add_argument(
        "--extra", action="append", default=[], metavar="NAME", help="install this extra too, such as http"
    )
    options = parser.parse_args()
    uv = shutil.which("uv")
    if uv is None:
        print("uv is not installed. Install it with: pip install uv")
        return 2
    with tempfile.TemporaryDirectory() as name:
        return _make(uv, options.file, options.extra, Path(name))


if __name__ == "__main__":
    sys.exit(main())
