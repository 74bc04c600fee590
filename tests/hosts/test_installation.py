"""Files as each host writes them: this server goes in, everything else stays, and it comes out without a trace."""

import difflib
import json
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from scenario_mcp.hosts import config_file
from scenario_mcp.hosts.entry import LocalServer, make_entry
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.installation import FileRefused, Installation
from scenario_mcp.hosts.secrets import KEY_PAIR
from scenario_mcp.hosts.table import BY_NAME, HOSTS
from tests.conftest import Snapshot
from tests.support.host_files import LIVE, REMOTE, SANDBOX, names_in, put, taken_out, value_of

SAMPLES = {path.stem: path for path in (Path(__file__).parent / "samples").iterdir()}


def test_every_host_with_a_file_has_a_sample() -> None:
    assert set(SAMPLES) == {host.name for host in HOSTS if host.files}


def _loaded(text: str, host: Host) -> Any:
    """Read a file as other programs do."""
    if host.format == "TOML":
        return tomllib.loads(text)
    return yaml.safe_load(text if host.format == "YAML" else _plain(text))


def _plain(text: str) -> str:
    """Leave out the comments of the samples, so that JSON is YAML, too."""
    lines = (line.partition(" //")[0] for line in text.replace("\t", "  ").splitlines() if "/*" not in line)
    return "\n".join(line for line in lines if not line.lstrip().startswith("//"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_lines_that_go_into_a_file(tmp_path: Path, name: str, snapshot: Snapshot) -> None:
    host, before = BY_NAME[name], SAMPLES[name].read_text("utf-8")
    path = tmp_path / "file"
    added: dict[str, Any] = {}
    for kind, server in (("sandbox", SANDBOX), ("live", LIVE), ("remote", REMOTE)):
        if kind == "remote" and host.remote is None:
            continue
        path.write_text(before, "utf-8")
        assert put(path, host, server) == "written"
        old, new = before.splitlines(), path.read_text("utf-8").splitlines()
        added[kind] = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    snapshot(f"hosts/{name}", added)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("form", ["as it is", "Windows", "with a mark", "no line end"])
def test_a_file_is_the_same_to_the_byte_when_the_server_is_taken_out(tmp_path: Path, name: str, form: str) -> None:
    host, raw = BY_NAME[name], SAMPLES[name].read_bytes()
    raw = {
        "as it is": raw,
        "Windows": raw.replace(b"\n", b"\r\n"),
        "with a mark": b"\xef\xbb\xbf" + raw,
        "no line end": raw.rstrip(b"\n"),
    }[form]
    path = tmp_path / "file"
    path.write_bytes(raw)
    others = _loaded(raw.decode("utf-8-sig"), host)
    assert put(path, host) == "written"
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") == (form == "with a mark")
    assert b"\n" not in written.replace(b"\r\n", b"") or form != "Windows"
    now = _loaded(written.decode("utf-8-sig"), host)
    assert now[host.path[0]].pop("scenario")
    assert now == others
    assert put(path, host) == "unchanged"
    assert path.read_bytes() == written
    assert config_file.copy_path(path).read_bytes() == raw
    assert taken_out(path, host) == "restored"
    assert path.read_bytes() == raw
    assert names_in(tmp_path) == ["file"]
    assert taken_out(path, host) == "absent"


@pytest.mark.parametrize("name", SAMPLES)
def test_without_the_copy_everything_else_stays(tmp_path: Path, name: str) -> None:
    host, raw = BY_NAME[name], SAMPLES[name].read_bytes()
    path = tmp_path / "file"
    path.write_bytes(raw)
    put(path, host, LIVE)
    config_file.copy_path(path).unlink()
    assert taken_out(path, host) == "removed"
    assert path.read_bytes() == raw


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_is_not_there_is_made_and_goes_away_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / "folder" / "file"
    assert put(path, BY_NAME[name], LIVE) == "written"
    assert put(path, BY_NAME[name], SANDBOX, force=True) == "written"
    assert taken_out(path, BY_NAME[name]) == "deleted"
    assert names_in(path.parent) == []
    assert taken_out(path, BY_NAME[name]) == "absent"


def test_what_came_later_stays_when_the_server_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text('{\n  "mcpServers": {}\n}\n')
    put(path, BY_NAME["cursor"])
    path.write_text(path.read_text().replace('"mcpServers"', '"theme": 1, // mine\n  "mcpServers"'))
    assert taken_out(path, BY_NAME["cursor"]) == "removed"
    assert path.read_text() == '{\n  "theme": 1, // mine\n  "mcpServers": {}\n}\n'


def test_another_server_of_that_name_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {"scenario": {"command": "/old/one"}}}')
    with pytest.raises(FileRefused) as refused:
        put(path, BY_NAME["cursor"])
    assert str(refused.value) == (
        f'{path} has a server "scenario" already, set up in another way. '
        "Replace it with --force, or give this one another name with --name."
    )
    outcome = Installation(path, BY_NAME["cursor"], "scenario").install(
        make_entry(BY_NAME["cursor"], SANDBOX, value_of), force=True
    )
    assert (outcome.what, outcome.replaced) == ("written", "/old/one")
    assert json.loads(path.read_text())["mcpServers"]["scenario"]["args"] == ["--sandbox"]
    assert config_file.copy_path(path).read_text() == '{"mcpServers": {"scenario": {"command": "/old/one"}}}'


def test_what_a_person_added_to_the_entry_stays(tmp_path: Path) -> None:
    path, host = tmp_path / "mcp.json", BY_NAME["kiro"]
    put(path, host)
    text = path.read_text().replace('"args"', '"autoApprove": ["search_assets"],\n      "args"')
    path.write_text(text)
    assert put(path, host) == "unchanged"
    assert path.read_text() == text
    path.write_text(text.replace('"autoApprove": ["search_assets"]', '"disabled": true'))
    with pytest.raises(FileRefused, match="set up in another way"):
        put(path, host)


def test_two_hosts_share_the_file_of_a_project(tmp_path: Path) -> None:
    path = tmp_path / ".mcp.json"
    assert put(path, BY_NAME["claude-code"]) == "written"
    assert put(path, BY_NAME["copilot-cli"]) == "written"
    text = path.read_text()
    assert json.loads(text)["mcpServers"]["scenario"]["tools"] == ["*"]
    assert put(path, BY_NAME["claude-code"]) == "unchanged"
    assert path.read_text() == text


@pytest.mark.promise(number=22)
def test_a_copy_with_the_keys_goes_with_the_server(tmp_path: Path) -> None:
    path, host = tmp_path / "file", BY_NAME["claude-desktop"]
    path.write_text('{"mcpServers": {"a": {"command": "b"}}}')
    put(path, host, LIVE)
    path.write_text(path.read_text().replace("/opt", "/usr"))  # by hand
    put(path, host, SANDBOX, force=True)
    path.write_text(path.read_text().replace('"b"', '"c"'))
    put(path, host, LIVE, force=True)
    assert taken_out(path, host) == "removed"
    assert [file.read_text() for file in tmp_path.iterdir()] == ['{"mcpServers": {"a": {"command": "c"}}}']


def test_inputs_that_another_server_uses_stay(tmp_path: Path) -> None:
    path, host = tmp_path / "mcp.json", BY_NAME["vscode"]
    other = LocalServer("art", LIVE.launch, {}, KEY_PAIR)
    put(path, host, LIVE)
    Installation(path, host, "art").install(make_entry(host, other, value_of))
    assert len(json.loads(path.read_text())["inputs"]) == 2
    Installation(path, host, "scenario").remove()
    assert len(json.loads(path.read_text())["inputs"]) == 2
    config_file.copy_path(path).unlink(missing_ok=True)
    Installation(path, host, "art").remove()
    assert json.loads(path.read_text() if path.exists() else '{"inputs": []}')["inputs"] == []


def test_the_later_opencode_keeps_its_servers_one_level_deeper(tmp_path: Path) -> None:
    path = tmp_path / "opencode.json"
    path.write_text('{"mcp": {"servers": {"a": {"type": "remote", "url": "https://a"}}}}')
    put(path, BY_NAME["opencode"])
    assert list(json.loads(path.read_text())["mcp"]["servers"]) == ["a", "scenario"]
    path.write_text('{"mcp": {"servers": {"type": "remote", "url": "https://a"}}}')  # a server of that name
    put(path, BY_NAME["opencode"])
    assert list(json.loads(path.read_text())["mcp"]) == ["servers", "scenario"]


@pytest.mark.promise(number=22)
@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("cursor", '{\n  "mcpServers": {\n}', "cannot be read: line 3, column 2: expecting ',' delimiter"),
        ("cursor", '{"a": 1 /* never', "cannot be read: line 1, column 9: a comment does not end"),
        ("cursor", '{"a": NaN}', "cannot be read: nan is no number in json"),
        ("claude-desktop", "{\n  // a comment\n}", "cannot be read: line 2, column 3: expecting property name"),
        ("codex", "a = 1\nb = = 2\n", "cannot be read: line 2, column 5: invalid value"),
        ("goose", "a: 1\nb: [1, 2\n", "cannot be read: line 3, column 1: "),
        ("goose", "a: 1\na: 2\n", "cannot be read: line 2, column 1: "),
        ("cursor", "[" * 100_000, "cannot be read: it is nested too deep"),
        ("cursor", "[1]", "does not hold an object. Correct it"),
        ("goose", "- 1\n", "does not hold an object. Correct it"),
        ("cursor", '{"mcpServers": 1}', 'has something other than an object at "mcpServers". Correct it there, and'),
        ("goose", "extensions: ~\n", 'has something other than a mapping at "extensions", in line 1. Correct it'),
        ("cursor", '{"mcpServers": {"a": {}}, "mcpServers": {}}', 'has "mcpServers" twice, in lines 1 and 1'),
        ("codex", "mcp_servers = 1\n", 'has something other than an object at "mcp_servers"'),
        ("goose", "extensions: [1]\n", 'has something other than an object at "extensions"'),
        ("goose", "extensions: {a: {b: 1}}\n", "has extensions on one line, in braces"),
        ("goose", "? extensions\n: a:\n    b: 1\n", "is laid out in a way that this command cannot edit safely"),
    ],
)
def test_a_file_that_cannot_be_read_or_edited_is_left_alone(tmp_path: Path, name: str, text: str, reason: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(FileRefused) as refused:
        put(path, BY_NAME[name])
    assert str(refused.value).lower().startswith(f"{path} {reason}".lower())
    assert path.read_text() == text
    assert names_in(tmp_path) == ["file"]


def test_a_file_of_another_encoding_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes('{\n"a": "ü"}'.encode("utf-16"))
    with pytest.raises(FileRefused, match="cannot be read: line 1, column 1: it is not UTF-8"):
        put(path, BY_NAME["cursor"])
    with pytest.raises(FileRefused, match="cannot be read: line 1, column 1: it is not UTF-8"):
        taken_out(path, BY_NAME["cursor"])


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    for name in SAMPLES:
        path = tmp_path / name
        path.write_bytes(b"\n")
        put(path, BY_NAME[name])
        assert taken_out(path, BY_NAME[name]) == "restored"
        assert path.read_bytes() == b"\n"


@pytest.mark.promise(number=22)
@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_keys_in_a_file_are_for_its_owner_alone_and_other_rights_stay(tmp_path: Path) -> None:
    path, host = tmp_path / "file", BY_NAME["claude-desktop"]
    path.write_text('{"a": 1}')
    path.chmod(0o664)
    put(path, host, SANDBOX)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert stat.S_IMODE(config_file.copy_path(path).stat().st_mode) == 0o664
    put(path, host, LIVE, force=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert taken_out(path, host) == "restored"
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real, link = tmp_path / "dotfiles" / "mcp.json", tmp_path / "mcp.json"
    real.write_text("{}")
    link.symlink_to(real)
    put(link, BY_NAME["cursor"])
    assert link.is_symlink()
    assert "scenario" in real.read_text()
    assert taken_out(link, BY_NAME["cursor"]) == "restored"
    assert (link.is_symlink(), real.read_text()) == (True, "{}")


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("{}")
    assert put(path, BY_NAME["cursor"], dry_run=True) == "written"
    assert (path.read_text(), names_in(tmp_path)) == ("{}", ["file"])
    put(path, BY_NAME["cursor"])
    before = path.read_text()
    assert Installation(path, BY_NAME["cursor"], "scenario").remove(dry_run=True).what == "restored"
    assert path.read_text() == before


@pytest.mark.promise(number=22)
def test_a_file_that_the_host_writes_meanwhile_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("{}")
    real, lines = config_file.write, iter(['{"later": 1}'])

    def write_after_the_host(target: Path, *arguments: Any, **options: Any) -> None:
        if target == path and (text := next(lines, "")):
            path.write_text(text)
        real(target, *arguments, **options)

    monkeypatch.setattr(config_file, "write", write_after_the_host)
    assert put(path, BY_NAME["cursor"]) == "written"
    assert list(json.loads(path.read_text())) == ["later", "mcpServers"]
    path.write_text("{}")
    lines = iter(f'{{"later": {number}}}' for number in range(9))
    with pytest.raises(FileRefused, match=r"changes all the time. Close Cursor and try again\."):
        put(path, BY_NAME["cursor"])


def test_a_folder_in_the_place_of_a_file_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        put(tmp_path, BY_NAME["cursor"])
    assert str(refused.value) == f"{tmp_path} is a folder. Move it away, and try again."


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileRefused, match=r"cannot be read or written: (Not a directory|File exists)\."):
        put(tmp_path / "file" / "mcp.json", BY_NAME["cursor"])
