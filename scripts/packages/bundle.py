"""The MCPB bundle: one file that a desktop program installs with a click; uv brings Python and the dependencies.

Format: manifest 0.4 of https://github.com/modelcontextprotocol/mcpb (MANIFEST.md).
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.packages.lock import bundle_lock
from scripts.packages.project import Project
from scripts.packages.questions import QUESTIONS, Question

ENTRY_POINT = "server.py"
_START = '''"""Starts the server."""

import sys

from scenario_mcp.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
'''
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the bundle: the same source gives the same bytes."""

Tools = Mapping[str, str]
"""Names of the tools, each with one sentence."""


def bundle_name(project: Project) -> str:
    """Return the name of the file."""
    return f"{project.name}-{project.version}.mcpb"


def manifest(project: Project, tools: Tools) -> dict[str, Any]:
    """Return what `manifest.json` holds.

    Every optional answer has a default: without one, Claude Desktop hands over the literal `${user_config.KEY}`
    (https://github.com/modelcontextprotocol/mcpb/issues/250). The schema demands `mcp_config` of uv bundles too.
    """
    links: dict[str, Any] = {}
    if project.repository:
        links = {
            "repository": {"type": "git", "url": f"{project.repository}.git"},
            "homepage": project.repository,
            "documentation": f"{project.repository}/blob/v{project.version}/README.md",
            "support": f"{project.repository}/issues",
        }
    return {
        "manifest_version": "0.4",
        "name": project.name,
        "display_name": "Scenario search",
        "version": project.version,
        "description": project.description,
        "long_description": (
            "Finds images, videos, audio, 3D and models of a [Scenario](https://www.scenario.com) project by words, "
            "exact conditions, meaning, or likeness to pictures, and shows them. It only reads. Without an account it "
            "searches the built-in samples, or a folder of your own pictures."
        ),
        "author": {"name": project.author},
        **links,
        "icon": "icon.png",
        "server": {
            "type": "uv",
            "entry_point": ENTRY_POINT,
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--frozen", "--directory", "${__dirname}", ENTRY_POINT],
                "env": {each.variable: f"${{user_config.{each.key}}}" for each in QUESTIONS},
            },
        },
        "tools": [{"name": name, "description": description} for name, description in tools.items()],
        "prompts_generated": True,
        "keywords": list(project.keywords),
        "license": project.license,
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": project.requires_python},
        },
        "user_config": {each.key: _user_config(each) for each in QUESTIONS},
    }


def _user_config(question: Question) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": question.kind,
        "title": question.title,
        "description": question.description,
        "required": False,
        "default": False if question.kind == "boolean" else "",
    }
    return {**entry, "sensitive": True} if question.is_secret else entry


def bundle_project(project: Project) -> str:
    """Return the bundle's `pyproject.toml`: nothing is built from it on the user's machine."""
    lines = [
        "[project]",
        f"name = {json.dumps(project.name)}",
        f"version = {json.dumps(project.version)}",
        f"requires-python = {json.dumps(project.requires_python)}",
        "dependencies = [",
        *(f"    {json.dumps(each)}," for each in project.dependencies),
        "]",
        "",
        "[tool.uv]",
        "package = false",
    ]
    return "\n".join([*lines, ""])


def make_bundle(root: Path, project: Project, wheel: Path, tools: Tools) -> bytes:
    """Return the bundle, with the modules that the wheel holds and the versions that `uv.lock` names."""
    files = {
        "manifest.json": _json(manifest(project, tools)),
        "pyproject.toml": bundle_project(project).encode(),
        "uv.lock": bundle_lock((root / "uv.lock").read_text("utf-8"), project).encode(),
        ENTRY_POINT: _START.encode(),
        "icon.png": (root / "docs" / "images" / "icon.png").read_bytes(),
        "LICENSE": (root / "LICENSE").read_bytes(),
    }
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        files |= {name: archive.read(name) for name in sorted(names)}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _MIDNIGHT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return written.getvalue()


def _json(value: object) -> bytes:
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n".encode()
