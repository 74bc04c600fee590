"""What a release makes: wheel, sdist, bundle and registry entry. One release serves all tests here."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from mcp.client import Client
from mcp.client.stdio import stdio_client
from PIL import Image, ImageChops

from hatch_build import registry_name
from scenario_mcp.http_server.auth import credentials
from scenario_mcp.settings import Settings
from scripts.icon.__main__ import SIZE, draw
from scripts.packages.bundle import bundle_project, make_bundle
from scripts.packages.checks import SCHEMAS, has_mcpb, mcpb_problem, problems, versions
from scripts.packages.questions import QUESTIONS
from scripts.packages.registry import SCHEMA, server_json
from scripts.release import changelog
from tests.conftest import Snapshot
from tests.support.packages import (
    REPOSITORY,
    ROOT,
    VERSION,
    Release,
    as_a_host_says,
    environment_with,
    git,
    make_release,
    run,
)

pytestmark = pytest.mark.processes
needs_uv = pytest.mark.skipif(not shutil.which("uv"), reason="uv is not installed")
REGISTRY_SCHEMA = json.loads((SCHEMAS / "server.schema.json").read_text("utf-8"))

TO_TYPE = """
scenario-mcp 9.8.7 is in dist/9.8.7, and committed as v9.8.7. To publish it, type:

  git push origin main v9.8.7
  gh release create v9.8.7 --verify-tag --notes-file dist/9.8.7/notes.md dist/9.8.7/scenario-mcp-9.8.7.mcpb
  python -m twine upload dist/9.8.7/scenario_mcp-9.8.7.tar.gz dist/9.8.7/scenario_mcp-9.8.7-py3-none-any.whl
  mcp-publisher login github
  mcp-publisher publish dist/9.8.7/server.json

The last one comes last: the registry looks for the package and the bundle. To take everything back before:

  git tag --delete v9.8.7 && git reset --hard HEAD~1
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("release") / "scenario-mcp")


@pytest.fixture(scope="module")
def bundle(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the bundle."""
    folder = tmp_path_factory.mktemp("bundle") / "an extension"
    shutil.unpack_archive(release.packages.bundle, folder, "zip")
    return folder


@pytest.fixture(scope="module")
def manifest(bundle: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((bundle / "manifest.json").read_text("utf-8"))
    return read


@pytest.fixture
def dependencies(bundle: Path) -> None:
    """Install what the bundle needs; in continuous integration uv has just done so, and has it in its cache."""
    words = ["uv", "sync", "--quiet", "--frozen", "--offline", "--directory", str(bundle)]
    if not os.environ.get("CI") and subprocess.run(words, check=False).returncode:  # noqa: S603  # our own words
        pytest.skip("uv would have to download: uv sync --extra dev")


def test_it_commits_and_tags_what_it_built_and_says_what_to_type(release: Release) -> None:
    assert release.exit_code == 0
    assert git(release.root, "log", "--format=%s %D", "-1") == f"Release {VERSION} HEAD -> main, tag: v{VERSION}"
    assert git(release.root, "show", "--format=", "--name-only").splitlines() == [
        "CHANGELOG.md",
        "deploy/kubernetes/kustomization.yaml",
        "docs/hosting.md",
        "scenario_mcp/__init__.py",
    ]
    assert git(release.root, "status", "--porcelain") == ""
    assert release.output == TO_TYPE
    assert (release.root / "dist" / VERSION / "notes.md").read_text("utf-8") == "- A line.\n"


def test_everything_that_is_released_names_the_same_version(release: Release) -> None:
    named = versions(release.packages)
    assert named == dict.fromkeys(
        ["source", "sdist", "wheel", "bundle", "server.json", "server.json, pypi", "server.json, mcpb"], VERSION
    )
    today = dt.datetime.now(dt.UTC).date()
    version, day = changelog.top((release.root / "CHANGELOG.md").read_text("utf-8"))
    assert version == VERSION
    assert today - dt.date.fromisoformat(day) <= dt.timedelta(days=1)


def test_the_packages_pass_their_checks(release: Release) -> None:
    assert problems(release.packages) == []


# --- wheel and sdist ------------------------------------------------------------------------------------------------


def test_the_sdist_holds_everything_that_git_does(release: Release) -> None:
    with tarfile.open(release.packages.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names - {"PKG-INFO"} == set(git(release.root, "ls-files").splitlines())


def test_the_wheel_holds_the_whole_package_and_nothing_else(release: Release) -> None:
    with zipfile.ZipFile(release.packages.wheel) as archive:
        names = set(archive.namelist())
    information = {name for name in names if name.startswith(f"scenario_mcp-{VERSION}.dist-info/")}
    assert names - information == set(git(release.root, "ls-files", "scenario_mcp").splitlines())
    assert {name.partition("/")[2] for name in information} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_its_description_leads_to_the_files_of_the_release_and_proves_whose_it_is(release: Release) -> None:
    with zipfile.ZipFile(release.packages.wheel) as archive:
        text = archive.read(f"scenario_mcp-{VERSION}.dist-info/METADATA").decode()
    metadata = HeaderParser().parsestr(text)
    assert metadata["Description-Content-Type"] == "text/markdown"
    description = metadata.get_payload()
    assert isinstance(description, str)
    files = set(re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8")))
    assert files
    led = re.findall(r"\]\(([^)]+)", description)
    assert [target for target in led if not target.startswith("https://")] == []
    page, raw = f"{REPOSITORY}/blob/v9.8.7/", "https://raw.githubusercontent.com/example/scenario-mcp/v9.8.7/"
    assert files <= {target.removeprefix(page).removeprefix(raw).partition("#")[0] for target in led}
    assert description.endswith(f"<!-- mcp-name: {registry_name(REPOSITORY)} -->\n")


def test_the_smoke_part_of_the_suite_runs_from_the_wheel_and_the_sdist(release: Release, tmp_path: Path) -> None:
    with tarfile.open(release.packages.sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python before 3.11.4
        archive.extractall(tmp_path / "source")  # noqa: S202  # made just now, by this very project
    (source,) = (tmp_path / "source").iterdir()
    shutil.rmtree(source / "scenario_mcp")  # what is left must come from the wheel
    python = environment_with(release.packages.wheel, tmp_path / "environment")
    marked = [  # so that no other file is imported
        path.relative_to(source).as_posix()
        for path in sorted((source / "tests").rglob("test_*.py"))
        if path.name != Path(__file__).name and "mark.smoke" in path.read_text("utf-8")
    ]
    words = ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "smoke", *marked]
    assert re.search(r"^\d\d passed", run(python, *words, cwd=source).splitlines()[-1])


def test_the_image_is_built_from_all_that_the_wheel_is_made_of(release: Release, tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        path = release.root / line.removeprefix("!")
        if line.startswith("!"):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, context / path.name)
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=context)
    assert (tmp_path / release.packages.wheel.name).read_bytes() == release.packages.wheel.read_bytes()


# --- the bundle -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not has_mcpb(), reason="npm --prefix tests/packages ci")
def test_the_formats_own_program_takes_the_bundle(release: Release, tmp_path: Path) -> None:
    assert mcpb_problem(release.packages, tmp_path) == ""


def test_its_manifest_is_as_its_snapshot_says(manifest: dict[str, Any], snapshot: Snapshot) -> None:
    assert all(tool["description"] for tool in manifest["tools"])
    snapshot("packages/manifest", {name: value for name, value in manifest.items() if name != "tools"})


def test_what_it_holds_does_not_depend_on_when_it_is_made(release: Release, manifest: dict[str, Any]) -> None:
    packages = release.packages
    tools = {tool["name"]: tool["description"] for tool in manifest["tools"]}
    assert make_bundle(release.root, packages.project, packages.wheel, tools) == packages.bundle.read_bytes()


def test_every_answer_may_be_left_out_and_secrets_are_kept_as_such(bundle: Path, manifest: dict[str, Any]) -> None:
    asked = manifest["user_config"]
    used = re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"]))
    assert sorted(used) == sorted(asked)
    assert all(not each["required"] and each["default"] in ("", False) for each in asked.values())
    assert {name for name, each in asked.items() if each.get("sensitive")} == {"api_key", "api_secret"}
    settings = (ROOT / "scenario_mcp" / "settings.py").read_text("utf-8")
    assert all(f'"{each.variable}"' in settings for each in QUESTIONS)
    assert Settings.from_environ(as_a_host_says(manifest, bundle, {}).env or {}) == Settings()


def test_the_icon_is_as_it_is_drawn(bundle: Path) -> None:
    with Image.open(bundle / "icon.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (SIZE, SIZE))
        difference = ImageChops.difference(icon.convert("RGBA"), draw().convert("RGBA"))
    assert difference.getbbox(alpha_only=False) is None


def test_its_lock_names_the_versions_of_the_project_and_none_for_development(bundle: Path) -> None:
    ours = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    theirs = tomllib.loads((bundle / "uv.lock").read_text("utf-8"))["package"]
    names = {each["name"] for each in theirs}
    assert {"mcp", "pillow", "cryptography", "truststore"} < names  # by extras and on other systems, too
    assert not {"pytest", "ruff", "uvloop", "redis"} & names
    assert [each["name"] for each in theirs if each not in ours] == ["scenario-mcp"]


@needs_uv
def test_its_lock_fits_its_project(bundle: Path, release: Release) -> None:
    assert (bundle / "pyproject.toml").read_text("utf-8") == bundle_project(release.packages.project)
    run("uv", "lock", "--check", "--offline", "--directory", bundle)


@needs_uv
@pytest.mark.usefixtures("dependencies")
async def test_it_starts_as_a_host_starts_it(bundle: Path, manifest: dict[str, Any]) -> None:
    parameters = as_a_host_says(manifest, bundle, {"sandbox": True})
    inherited = {name: os.environ[name] for name in ("HOME", "PATH", "UV_CACHE_DIR") if name in os.environ}
    parameters.env = {**inherited, **(parameters.env or {})}
    async with Client(stdio_client(parameters, errlog=sys.stderr)) as client:
        tools = (await client.list_tools()).tools
        answer = await client.call_tool("search_assets", {"query": "knight"})
    assert [tool.name for tool in tools] == [tool["name"] for tool in manifest["tools"]]
    assert not answer.is_error


# --- the registry's entry -------------------------------------------------------------------------------------------


def test_the_entry_is_as_its_snapshot_says(release: Release, snapshot: Snapshot) -> None:
    assert release.packages.server
    server = json.loads(release.packages.server.read_text("utf-8"))
    assert server["packages"][1].pop("fileSha256") == hashlib.sha256(release.packages.bundle.read_bytes()).hexdigest()
    snapshot("packages/server", server)
    assert server["$schema"] == SCHEMA == REGISTRY_SCHEMA["$id"]


def test_a_public_server_is_an_entry_of_its_own_with_the_headers_that_the_server_reads(release: Release) -> None:
    server = server_json(release.packages.project, b"", "https://mcp.example.com/mcp")
    assert list(Draft7Validator(REGISTRY_SCHEMA).iter_errors(server)) == []
    (remote,) = server["remotes"]
    assert (remote["type"], remote["url"]) == ("streamable-http", "https://mcp.example.com/mcp")
    for header in remote["headers"]:
        assert header["isSecret"]
        assert header["name"] in credentials.HOW_TO_SEND_A_KEY


@pytest.mark.parametrize("address", ["", "https://gitlab.com/example/scenario-mcp", "https://github.com/example"])
def test_a_name_needs_a_repository_on_github(address: str) -> None:
    with pytest.raises(ValueError, match=r"must be https://github\.com/OWNER/NAME"):
        registry_name(address)
