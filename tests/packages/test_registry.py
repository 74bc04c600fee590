"""The entry of the MCP registry, against its schema, the package, and the server over HTTP."""

import hashlib
import json
import zipfile

import pytest
from jsonschema import Draft7Validator

from hatch_build import registry_name
from scenario_mcp.http_server.auth import credentials
from scripts.packages.checks import SCHEMAS
from scripts.packages.registry import SCHEMA, server_json
from tests.conftest import Snapshot
from tests.packages.conftest import REPOSITORY, VERSION, Release

pytestmark = pytest.mark.processes
PUBLISHED = json.loads((SCHEMAS / "server.schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(PUBLISHED)


def test_the_entry_is_as_its_snapshot_says(release: Release, snapshot: Snapshot) -> None:
    assert release.packages.server
    server = json.loads(release.packages.server.read_text("utf-8"))
    assert server["packages"][1].pop("fileSha256") == hashlib.sha256(release.packages.bundle.read_bytes()).hexdigest()
    snapshot("packages/server", server)


def test_the_schema_is_the_one_that_the_entry_names() -> None:
    assert PUBLISHED["$id"] == SCHEMA


def test_the_packages_description_proves_whose_it_is(release: Release) -> None:
    with zipfile.ZipFile(release.packages.wheel) as archive:
        description = archive.read(f"scenario_mcp-{VERSION}.dist-info/METADATA").decode()
    assert f"mcp-name: {registry_name(REPOSITORY)}\n".replace("\n", " -->\n") in description


def test_a_public_server_is_an_entry_of_its_own_with_the_headers_that_the_server_reads(release: Release) -> None:
    server = server_json(release.packages.project, b"", "https://mcp.example.com/mcp")
    assert list(VALIDATOR.iter_errors(server)) == []
    (remote,) = server["remotes"]
    assert (remote["type"], remote["url"]) == ("streamable-http", "https://mcp.example.com/mcp")
    for header in remote["headers"]:
        assert header["isSecret"]
        assert header["name"] in credentials.HOW_TO_SEND_A_KEY


@pytest.mark.parametrize("address", ["", "https://gitlab.com/example/scenario-mcp", "https://github.com/example"])
def test_a_name_needs_a_repository_on_github(address: str) -> None:
    with pytest.raises(ValueError, match=r"must be https://github\.com/OWNER/NAME"):
        registry_name(address)
