"""The units of deploy/systemd, held against the code, the page on hosting, and systemd's own checks."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from uvicorn.config import STARTUP_FAILURE

from scenario_mcp.cli import make_parser
from scenario_mcp.http_server.service import LAST_CALLS_SECONDS
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.settings import Settings
from tests.docs.test_readme import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").rglob("*.service"))
REPLICAS = [path for path in UNITS if path.name == "scenario-mcp@.service"]
PAGE = (ROOT / "docs" / "hosting.md").read_text("utf-8")
PORTS = re.findall(r"127\.0\.0\.1:(\d+) ", (DEPLOY / "nginx" / "replicas-local.conf").read_text("utf-8"))
MAX_EXPOSURE = 2.0
"""Of ten, by `systemd-analyze security`; a unit without any hardening has 9.6."""
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def directives(path: Path) -> dict[str, list[str]]:
    """Return the values of each directive; those of several sections together."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith(("#", "[")):
            name, separator, value = line.partition("=")
            assert separator, line
            found.setdefault(name, []).append(value)
    return found


def started(path: Path) -> list[str]:
    (command,) = directives(path)["ExecStart"]
    return shlex.split(command)


@pytest.mark.parametrize("path", REPLICAS, ids=lambda path: path.parent.name)
def test_a_replica_is_started_and_ended_as_the_server_does_both(path: Path) -> None:
    unit = directives(path)
    program, *arguments = started(path)
    options = make_parser().parse_args([each.replace("%i", PORTS[0]) for each in arguments])
    assert program.endswith("/bin/scenario-mcp")
    assert (options.http, options.command, str(options.http_port)) == (True, None, PORTS[0])
    assert int(unit["TimeoutStopSec"][0]) > HttpSettings().drain_seconds + LAST_CALLS_SECONDS
    assert unit["RestartPreventExitStatus"] == [f"2 {STARTUP_FAILURE}"]


def test_the_page_starts_the_replicas_that_nginx_asks() -> None:
    assert len(PORTS) == 3
    assert re.findall(r"scenario-mcp --http --port (\d+) &", PAGE) == PORTS
    assert PAGE.count(" ".join(f"scenario-mcp@{port}" for port in PORTS)) == 2
    names = {path.name.removesuffix(".service") for path in UNITS}
    assert {each.rstrip("@") for each in re.findall(r"scenario-mcp-\w+", PAGE)} >= names - {"scenario-mcp@"}


def test_what_the_page_starts_by_hand_is_what_the_units_start() -> None:
    by_hand = re.findall(r"<!-- program: by hand -->\n```sh\n(.+?)```", PAGE, re.DOTALL)[0]
    folder = DEPLOY / "systemd" / "user"
    nginx = started(folder / "scenario-mcp-nginx.service")
    (typed,) = re.findall(r"nginx (-p .+)", by_hand)
    assert nginx[1:] == [each.replace("~", "%h") for each in shlex.split(typed)]
    redis = started(folder / "scenario-mcp-redis.service")
    (typed,) = re.findall(r"redis-server (.+) &", by_hand)
    assert set(shlex.split(typed)) <= set(redis)


@pytest.mark.parametrize("filled", ["caller-key", "access-tokens"])
def test_the_server_starts_with_the_settings_of_the_units(filled: str) -> None:
    lines = (DEPLOY / "systemd" / "server.example.env").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {environ[name] for name in environ if re.search("KEY|SECRET|TOKENS", name)} == {""}
    environ["SCENARIO_MCP_HTTP_AUTH"] = filled
    if filled == "access-tokens":
        environ |= {"SCENARIO_SDK_API_KEY": "api_own", "SCENARIO_SDK_API_SECRET": "own-secret"}
        environ["SCENARIO_MCP_ACCESS_TOKENS"] = f"build-farm:{'0f' * 32}"
    settings = Settings.from_environ(environ)
    http = HttpSettings.from_environ(environ, settings, host="127.0.0.1", port=8001, workers=1)
    assert (http.auth, http.allowed_hosts, http.warnings) == (filled, ("127.0.0.1:8080", "localhost:8080"), ())
    assert http.redis_url == "redis://127.0.0.1:6379/0"


def prepare(folder: Path, path: Path) -> Path:
    """Return a copy whose programs exist here, as an instance where it is a template."""
    text = re.sub(r"(?m)^(Exec\w+=)\S+", r"\1/bin/true", path.read_text("utf-8"))
    copy = folder / path.name.replace("@.", "@8001.")
    copy.write_text(text, "utf-8")
    return copy


@needs_systemd
@pytest.mark.parametrize("path", UNITS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_systemd_finds_no_fault_in_a_unit(tmp_path: Path, path: Path) -> None:
    whose = ["--user"] if path.parent.name == "user" else []
    checked = subprocess.run(  # noqa: S603  # our own words
        ["systemd-analyze", "verify", *whose, str(prepare(tmp_path, path))],  # noqa: S607  # as above
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@needs_systemd
def test_the_unit_of_the_system_may_do_little(tmp_path: Path) -> None:
    unit = prepare(tmp_path, DEPLOY / "systemd" / "system" / "scenario-mcp@.service")
    checked = subprocess.run(  # noqa: S603  # our own words
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],  # noqa: S607  # as above
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", checked.stdout)
    assert exposure, checked.stderr
    assert float(exposure[1]) <= MAX_EXPOSURE
