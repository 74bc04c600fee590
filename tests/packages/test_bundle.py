"""The MCPB bundle: what its manifest asks, and that it starts as a host starts it."""

import json
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from PIL import Image, ImageChops

from scenario_mcp.settings import Settings
from scripts.icon.__main__ import SIZE, draw
from scripts.packages.bundle import bundle_project, make_bundle
from scripts.packages.checks import has_mcpb, mcpb_problem, problems
from scripts.packages.questions import QUESTIONS
from tests.conftest import Snapshot
from tests.packages.conftest import ROOT, Release

pytestmark = pytest.mark.processes
needs_uv = pytest.mark.skipif(not shutil.which("uv"), reason="uv is not installed")


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return manifest


def test_the_packages_pass_their_checks(release: Release) -> None:
    assert problems(release.packages) == []


@pytest.mark.skipif(not has_mcpb(), reason="npm --prefix tests/packages ci")
def test_the_formats_own_program_takes_the_bundle(release: Release, tmp_path: Path) -> None:
    assert mcpb_problem(release.packages, tmp_path) == ""


def test_its_manifest_is_as_its_snapshot_says(unpacked_bundle: Path, snapshot: Snapshot) -> None:
    manifest = _manifest(unpacked_bundle)
    assert all(tool["description"] for tool in manifest.pop("tools"))
    snapshot("packages/manifest", manifest)


def test_what_it_holds_does_not_depend_on_when_it_is_made(release: Release) -> None:
    packages = release.packages
    tools = {tool["name"]: tool["description"] for tool in _tools_of(packages.bundle)}
    assert make_bundle(release.root, packages.project, packages.wheel, tools) == packages.bundle.read_bytes()


def _tools_of(bundle: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(bundle) as archive:
        tools: list[dict[str, str]] = json.loads(archive.read("manifest.json"))["tools"]
    return tools


def test_every_answer_may_be_left_out_and_secrets_are_kept_as_such(unpacked_bundle: Path) -> None:
    manifest = _manifest(unpacked_bundle)
    asked = manifest["user_config"]
    used = re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"]))
    assert sorted(used) == sorted(asked)
    assert all(not each["required"] and each["default"] in ("", False) for each in asked.values())
    secret = {name for name, each in asked.items() if each.get("sensitive")}
    assert secret == {"api_key", "api_secret"}
    settings = (ROOT / "scenario_mcp" / "settings.py").read_text("utf-8")
    assert all(f'"{each.variable}"' in settings for each in QUESTIONS)
    assert Settings.from_environ(_as_a_host_says(manifest, unpacked_bundle, {}).env or {}) == Settings()


def test_the_icon_is_as_it_is_drawn(unpacked_bundle: Path) -> None:
    with Image.open(unpacked_bundle / "icon.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (SIZE, SIZE))
        difference = ImageChops.difference(icon.convert("RGBA"), draw().convert("RGBA"))
    assert difference.getbbox(alpha_only=False) is None


def test_its_lock_names_the_versions_of_the_project_and_none_for_development(unpacked_bundle: Path) -> None:
    ours = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    theirs = tomllib.loads((unpacked_bundle / "uv.lock").read_text("utf-8"))["package"]
    names = {each["name"] for each in theirs}
    assert {"mcp", "pillow", "cryptography", "truststore"} < names  # by extras and on other systems, too
    assert not {"pytest", "ruff", "aiohttp", "redis"} & names
    assert [each for each in theirs if each not in ours] == [each for each in theirs if each["name"] == "scenario-mcp"]


@needs_uv
def test_its_lock_fits_its_project(unpacked_bundle: Path, release: Release) -> None:
    assert (unpacked_bundle / "pyproject.toml").read_text("utf-8") == bundle_project(release.packages.project)
    done = subprocess.run(  # the lock alone is asked  # noqa: S603  # our own words
        ["uv", "lock", "--check", "--offline", "--directory", unpacked_bundle],  # noqa: S607  # found by the mark above
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _as_a_host_says(manifest: dict[str, Any], folder: Path, answers: Mapping[str, str | bool]) -> StdioServerParameters:
    """Replace variables as MANIFEST.md says: the folder, and answers or their defaults; others stay as they are."""
    values: dict[str, str | bool] = {name: each["default"] for name, each in manifest["user_config"].items()}
    texts = {
        f"user_config.{name}": str(value).lower() if isinstance(value, bool) else value
        for name, value in {**values, **answers}.items()
    } | {"__dirname": str(folder)}

    def replaced(text: str) -> str:
        return re.sub(r"\$\{([\w.]+)\}", lambda found: texts.get(found[1], found[0]), text)

    config = manifest["server"]["mcp_config"]
    return StdioServerParameters(
        command=config["command"],
        args=[replaced(each) for each in config["args"]],
        env={name: replaced(value) for name, value in config["env"].items()},
    )


@needs_uv
async def test_it_starts_as_a_host_starts_it(unpacked_bundle: Path) -> None:
    manifest = _manifest(unpacked_bundle)
    parameters = _as_a_host_says(manifest, unpacked_bundle, {"sandbox": True})
    inherited = {name: os.environ[name] for name in ("HOME", "PATH", "UV_CACHE_DIR") if name in os.environ}
    parameters.env = {**inherited, **(parameters.env or {})}
    async with Client(stdio_client(parameters)) as client:
        tools = (await client.list_tools()).tools
        answer = await client.call_tool("search_assets", {"query": "knight"})
    assert [tool.name for tool in tools] == [tool["name"] for tool in manifest["tools"]]
    assert not answer.is_error
