"""The entry of the MCP registry, `server.json`.

Format: https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json. The registry proves who owns the
package by a line in its description on the package index, which `hatch_build.py` writes.
"""

import hashlib
from typing import Any

from hatch_build import registry_name
from scripts.packages.bundle import bundle_name
from scripts.packages.project import Project
from scripts.packages.questions import QUESTIONS, Question

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"


def server_json(project: Project, bundle: bytes, remote: str = "") -> dict[str, Any]:
    """Return the entry: the package, the bundle, and the address of a public server if there is one.

    Raises:
        ValueError: the project's repository is not known, from which the name in the registry follows.

    """
    server: dict[str, Any] = {
        "$schema": SCHEMA,
        "name": registry_name(project.repository),
        "title": "Scenario search",
        "description": project.description,
        "version": project.version,
        "websiteUrl": project.repository,
        "repository": {"url": project.repository, "source": "github"},
        "icons": [
            {
                "src": f"{_raw(project)}/docs/images/icon.png",
                "mimeType": "image/png",
                "sizes": ["512x512"],
            }
        ],
        "packages": [_index_package(project), _bundle_package(project, bundle)],
    }
    return {**server, "remotes": [_remote(remote)]} if remote else server


def _index_package(project: Project) -> dict[str, Any]:
    return {
        "registryType": "pypi",
        "registryBaseUrl": "https://pypi.org",
        "identifier": project.name,
        "version": project.version,
        "runtimeHint": "uvx",
        "transport": {"type": "stdio"},
        "environmentVariables": [_variable(each) for each in QUESTIONS],
    }


def _bundle_package(project: Project, bundle: bytes) -> dict[str, Any]:
    return {
        "registryType": "mcpb",
        "identifier": f"{project.repository}/releases/download/v{project.version}/{bundle_name(project)}",
        "version": project.version,
        "fileSha256": hashlib.sha256(bundle).hexdigest(),
        "transport": {"type": "stdio"},
    }


def _remote(address: str) -> dict[str, Any]:
    """Return a server over HTTP whose callers bring their own key: docs/hosting.md names the headers."""
    headers = [
        ("X-Scenario-Api-Key", "API key of your Scenario project"),
        ("X-Scenario-Api-Secret", "The secret that belongs to the key"),
    ]
    return {
        "type": "streamable-http",
        "url": address,
        "headers": [
            {"name": name, "description": description, "isRequired": True, "isSecret": True}
            for name, description in headers
        ],
    }


def _variable(question: Question) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": question.variable,
        "description": question.description,
        "format": {"directory": "filepath"}.get(question.kind, question.kind),
        "isRequired": False,
        "isSecret": question.is_secret,
    }
    return {**entry, "default": "false"} if question.kind == "boolean" else entry


def _raw(project: Project) -> str:
    path = project.repository.removeprefix("https://github.com/")
    return f"https://raw.githubusercontent.com/{path}/v{project.version}"
