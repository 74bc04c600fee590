"""Checks of what was built, before anybody installs it."""

import json
import shutil
import subprocess
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from twine.commands.check import check as twine_finds_fault

from scripts.packages.build import Packages

SCHEMAS = Path(__file__).parent / "schemas"
MCPB = Path(__file__).resolve().parents[2] / "tests" / "packages" / "node_modules" / ".bin" / "mcpb"
"""The bundle format's own program: `npm --prefix tests/packages ci`."""


def problems(packages: Packages) -> list[str]:
    """Return what is wrong with the packages, a sentence each."""
    found = []
    # Twine names the fault on the terminal.
    if twine_finds_fault([str(packages.sdist), str(packages.wheel)], strict=True):
        found.append("Twine finds a fault in the wheel or the sdist.")
    with zipfile.ZipFile(packages.bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    found += _against_schema("manifest.json", manifest, "mcpb-manifest-v0.4.schema.json")
    if packages.server is not None:
        server = json.loads(packages.server.read_text("utf-8"))
        found += _against_schema("server.json", server, "server.schema.json")
    named = versions(packages)
    if len(set(named.values())) > 1:
        found.append(f"The versions differ: {', '.join(f'{name} {version}' for name, version in named.items())}.")
    return found


def has_mcpb() -> bool:
    """Say whether the bundle format's own program is here."""
    return MCPB.exists() and shutil.which("node") is not None


def mcpb_problem(packages: Packages, folder: Path) -> str:
    """Let the format's own program look at the bundle, unpacked into an empty folder; return its complaint, if any."""
    shutil.unpack_archive(packages.bundle, folder, "zip")
    words = [str(MCPB), "validate", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # our own words
    return f"mcpb: {done.stdout}{done.stderr}".strip() if done.returncode else ""


def versions(packages: Packages) -> dict[str, str]:
    """Return the version that each package names."""
    with tarfile.open(packages.sdist) as archive:
        (name,) = (name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/PKG-INFO"))
        information = archive.extractfile(name)
        named = {"sdist": _version(information.read().decode() if information else "")}
    with zipfile.ZipFile(packages.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        named["wheel"] = _version(archive.read(name).decode())
    with zipfile.ZipFile(packages.bundle) as archive:
        named["bundle"] = json.loads(archive.read("manifest.json"))["version"]
    if packages.server is not None:
        server = json.loads(packages.server.read_text("utf-8"))
        named["server.json"] = server["version"]
        named |= {f"server.json, {each['registryType']}": each["version"] for each in server["packages"]}
    return {"source": packages.project.version, **named}


def _version(metadata: str) -> str:
    return str(HeaderParser().parsestr(metadata)["Version"])


def _against_schema(name: str, value: Any, schema: str) -> list[str]:
    validator = Draft7Validator(json.loads((SCHEMAS / schema).read_text("utf-8")))
    return [f"{name}: {error.json_path} {error.message}" for error in validator.iter_errors(value)]
