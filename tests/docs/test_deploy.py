"""What lies in deploy/ and what docs/hosting.md says, held against linters, schemas and the code."""

import ast
import ipaddress
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import trustme
import yaml
from mcp.client import Client

from scenario_mcp import settings
from scenario_mcp.cli import make_parser
from scenario_mcp.commands.serve import DEFAULT_PORT
from scenario_mcp.http_server.auth.resource_metadata import metadata_paths
from scenario_mcp.http_server.middleware.body_limit import MAX_INBOUND_BYTES
from scenario_mcp.http_server.service import KEEP_ALIVE_SECONDS, LAST_CALLS_SECONDS
from scenario_mcp.http_server.settings import MCP_PATH, HttpSettings
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
HOSTED = ROOT / "scenario_mcp" / "http_server"
KUBERNETES_VERSIONS = ("1.30", "1.37")
"""The oldest that is worth a look, and the newest that the schemas are had for."""
MANIFESTS = sorted(path for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
DEFAULTS = HttpSettings()

needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
needs_hadolint = pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")


def _resources() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text("utf-8"))


def _resource(kind: str, name: str) -> dict[str, Any]:
    return next(each for each in _resources() if (each["kind"], each["metadata"]["name"]) == (kind, name))


def _pod(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a deployment's pod and its only container."""
    pod: dict[str, Any] = _resource("Deployment", name)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    return pod, container


def _dockerfile() -> list[tuple[str, str]]:
    """Return (instruction, its text) of the last stage."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pairs = [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]
    last = max(place for place, (name, _) in enumerate(pairs) if name == "FROM")
    return pairs[last:]


def _instruction(wanted: str) -> str:
    (text,) = (text for name, text in _dockerfile() if name == wanted)
    return text


def _seconds(text: str) -> float:
    assert text.endswith("s")
    return float(text.removesuffix("s"))


def _directive(name: str) -> str:
    (value,) = re.findall(rf"^\s*{name} ([^;]+);", NGINX, re.MULTILINE)
    assert isinstance(value, str)
    return value


def _environ(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)  # noqa: S603  # our own words
    assert done.returncode == 0, done.stdout + done.stderr


# --- linters --------------------------------------------------------------------------------------------------------


def test_its_yaml_passes_the_linter() -> None:
    _run(sys.executable, "-m", "yamllint", "--strict", "-c", str(DEPLOY / ".yamllint"), str(DEPLOY))


def test_the_compose_file_is_one_by_its_schema() -> None:
    _run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "compose-spec", str(DEPLOY / "compose.yaml"))


@needs_hadolint
def test_the_dockerfile_passes_the_linter() -> None:
    _run("hadolint", str(DEPLOY / "Dockerfile"))


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_is_valid_without_unknown_fields(path: Path, version: str) -> None:
    for resource in yaml.safe_load_all(path.read_text("utf-8")):
        kubernetes_validate.validate(resource, version, strict=True)


def test_every_manifest_but_the_secrets_example_is_deployed() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS if path.name != "secret.example.yaml"]


@needs_nginx
@pytest.mark.parametrize("listen", ["listen.conf", "listen-tls.conf", "listen-local.conf"])
def test_nginx_takes_its_configuration(tmp_path: Path, listen: str) -> None:
    included = tmp_path / "nginx"
    (included / "tls").mkdir(parents=True)
    shutil.copy(DEPLOY / "nginx.conf", tmp_path)
    shutil.copy(DEPLOY / "nginx" / listen, included / "listen.conf")
    # Not replicas.conf: releases before 1.27.3 look names up at the start, and its exist in compose's network only.
    shutil.copy(DEPLOY / "nginx" / "replicas-local.conf", included / "replicas.conf")
    certificate = trustme.CA().issue_cert("mcp.example.com")
    certificate.cert_chain_pems[0].write_to_path(included / "tls" / "fullchain.pem")
    certificate.private_key_pem.write_to_path(included / "tls" / "privkey.pem")
    _run("nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr")


# --- settings -------------------------------------------------------------------------------------------------------


def test_every_setting_that_is_named_exists() -> None:
    sources = [Path(settings.__file__), *HOSTED.rglob("*.py")]
    known = set(re.findall(r'"(SCENARIO_[A-Z_]+)"', "".join(path.read_text("utf-8") for path in sources)))
    documents = [path for path in DEPLOY.rglob("*") if path.is_file()] + [ROOT / "docs" / "hosting.md"]
    for path in documents:
        named = set(re.findall(r"\bSCENARIO_[A-Z_]*[A-Z]\b", path.read_text("utf-8")))
        # Named to say that it must not come to be.
        assert named - known <= {"SCENARIO_MCP_PORT"}, path.name


def test_every_metric_is_told_of_and_no_other() -> None:
    in_code = set(re.findall(r'"(scenario_mcp_[a-z_]+)"', (HOSTED / "telemetry" / "metrics.py").read_text("utf-8")))
    text = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    told = {name.removesuffix("_total") for name in re.findall(r"^\| `(scenario_mcp_[a-z_]+)`", text, re.MULTILINE)}
    assert told == in_code


def _read(environ: dict[str, str]) -> HttpSettings:
    return HttpSettings.from_environ(
        environ,
        Settings.from_environ(environ),
        host="0.0.0.0",  # noqa: S104  # what the image listens on
        port=8000,
        workers=1,
    )


def test_the_server_starts_with_what_compose_gives_it() -> None:
    from_file = _environ((DEPLOY / "example.env").read_text("utf-8"))
    secret = {name for name in from_file if re.search("PASSWORD|KEY|SECRET|TOKENS", name)}
    assert {from_file[name] for name in secret} == {""}
    from_file |= {"VALKEY_PASSWORD": "made-up", "SCENARIO_MCP_HASH_KEY": "made-up-made-up-made-up"}
    replica = COMPOSE["services"]["mcp-1"]
    environ = {
        name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: from_file[found[1]], value)
        for name, value in replica["environment"].items()
    }
    read = _read(from_file | environ)
    assert (read.auth, read.allowed_hosts) == ("caller-key", ("127.0.0.1:8080", "localhost:8080"))
    assert read.redis_url == "redis://:made-up@valkey:6379/0"
    (subnet,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert read.trusted_proxies == (subnet["subnet"],)
    assert ipaddress.ip_network(subnet["subnet"]).is_private
    assert replica["networks"] == ["front", "memory"]


def test_the_server_starts_with_what_kubernetes_gives_it() -> None:
    _, container = _pod("scenario-mcp")
    config, secret = _resource("ConfigMap", "scenario-mcp-settings"), _resource("Secret", "scenario-mcp-secrets")
    assert container["envFrom"] == [
        {"configMapRef": {"name": config["metadata"]["name"]}},
        {"secretRef": {"name": secret["metadata"]["name"]}},
    ]
    assert set(secret["stringData"].values()) == {""}
    read = _read(config["data"] | secret["stringData"])
    assert (read.auth, read.allowed_hosts, read.trusted_proxies) == (
        "caller-key",
        ("mcp.example.com",),
        ("10.0.0.0/8",),
    )
    assert [rule["host"] for rule in _resource("Ingress", "scenario-mcp")["spec"]["rules"]] == list(read.allowed_hosts)


def test_valkey_is_where_the_settings_look_for_it() -> None:
    (port,) = _resource("Service", "valkey")["spec"]["ports"]
    secret = (KUBERNETES / "secret.example.yaml").read_text("utf-8")
    assert f"redis://:THE-PASSWORD@valkey:{port['port']}/0" in secret
    assert "valkey" in COMPOSE["services"]


# --- the image ------------------------------------------------------------------------------------------------------


def test_the_image_serves_over_stdio_as_a_user_that_is_not_root() -> None:
    entrypoint = json.loads(_instruction("ENTRYPOINT"))
    options = make_parser().parse_args(entrypoint[1:])
    assert (entrypoint[0], options.http, options.command) == ("scenario-mcp", False, None)
    assert not {"CMD", "HEALTHCHECK"} & {name for name, _ in _dockerfile()}  # over stdio nothing could be asked
    user, group = map(int, _instruction("USER").split(":"))
    assert min(user, group) > 0
    pod, _ = _pod("scenario-mcp")
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == (user, group)


def test_compose_and_kubernetes_tell_the_image_to_serve_over_http_at_its_port() -> None:
    _, container = _pod("scenario-mcp")
    for arguments in (COMPOSE["services"]["mcp-1"]["command"], container["args"]):
        options = make_parser().parse_args(arguments)
        assert (options.http, options.http_host, options.command) == (True, "0.0.0.0", None)  # noqa: S104  # behind the balancer
        assert str(options.http_port or DEFAULT_PORT) == _instruction("EXPOSE")


def test_composes_health_check_asks_what_kubernetes_asks() -> None:
    command = COMPOSE["services"]["mcp-1"]["healthcheck"]["test"]
    assert command[:3] == ["CMD", "python", "-c"]
    ast.parse(command[3])
    _, container = _pod("scenario-mcp")
    (port,) = container["ports"]
    assert f"'http://127.0.0.1:{port['containerPort']}{container['livenessProbe']['httpGet']['path']}'" in command[3]


def test_the_image_is_built_from_what_the_wheel_is_made_of_and_nothing_else() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in shlex.split(line)
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


# --- ports, paths and times -----------------------------------------------------------------------------------------


def test_probes_ask_paths_that_the_server_has_at_its_port() -> None:
    source = "".join(path.read_text("utf-8") for path in HOSTED.rglob("*.py"))
    pod, container = _pod("scenario-mcp")
    probes = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/livez",
        "livenessProbe": "/livez",
        "readinessProbe": "/readyz",
    }
    metrics = _resource("Deployment", "scenario-mcp")["spec"]["template"]["metadata"]["annotations"]
    for path in ("/livez", "/readyz", metrics["prometheus.io/path"]):
        assert f'"{path}"' in source
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert container["ports"] == [{"name": "http", "containerPort": DEFAULTS.port}]
    assert metrics["prometheus.io/port"] == str(DEFAULTS.port)
    assert pod["enableServiceLinks"] is False


def test_nginx_asks_every_replica_of_the_compose_file_at_its_port() -> None:
    servers = re.findall(r"^server (\S+):(\d+) ", (DEPLOY / "nginx" / "replicas.conf").read_text("utf-8"), re.MULTILINE)
    replicas = [name for name, service in COMPOSE["services"].items() if service["image"] == "scenario-mcp:latest"]
    assert servers == [(name, str(DEFAULTS.port)) for name in replicas]
    assert len(replicas) == 3


def test_a_replica_has_the_time_to_end_that_it_takes() -> None:
    takes = DEFAULTS.drain_seconds + LAST_CALLS_SECONDS
    pod, _ = _pod("scenario-mcp")
    assert pod["terminationGracePeriodSeconds"] > takes
    assert _seconds(COMPOSE["services"]["mcp-1"]["stop_grace_period"]) > takes
    assert _instruction("STOPSIGNAL") == "SIGTERM"


def test_a_draining_pod_is_left_alone_before_it_stops_serving() -> None:
    _, container = _pod("scenario-mcp")
    probe = container["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] < DEFAULTS.drain_seconds


def test_balancers_wait_longer_than_a_call_takes() -> None:
    annotations = _resource("Ingress", "scenario-mcp")["metadata"]["annotations"]
    prefix = "nginx.ingress.kubernetes.io/"
    assert _seconds(_directive("proxy_read_timeout")) > settings.TIMEOUT_SECONDS
    for name in ("proxy_read_timeout", "proxy_connect_timeout", "proxy_next_upstream_timeout"):
        assert f"{annotations[prefix + name.replace('_', '-')]}s" == _directive(name)
    assert annotations[prefix + "proxy-next-upstream"] == _directive("proxy_next_upstream")
    assert annotations[prefix + "proxy-body-size"] == _directive("client_max_body_size")
    # No try may begin after one that ran into the time-out of a read.
    assert _seconds(_directive("proxy_next_upstream_timeout")) < _seconds(_directive("proxy_read_timeout"))


def test_nginx_closes_idle_connections_before_the_server_does() -> None:
    (upstream,) = re.findall(r"upstream replicas \{(.+?)\}", NGINX, re.DOTALL)
    (seconds,) = re.findall(r"keepalive_timeout (\d+)s;", upstream)
    assert int(seconds) < KEEP_ALIVE_SECONDS


def test_balancers_pass_what_clients_ask_for_and_nothing_else() -> None:
    locations = re.findall(r"location (= )?(\S+) \{\s*proxy_pass", NGINX)
    paths = _resource("Ingress", "scenario-mcp")["spec"]["rules"][0]["http"]["paths"]
    assert [(path["pathType"], path["path"]) for path in paths] == [
        ("Exact" if exact else "Prefix", path) for exact, path in locations
    ]
    assert [path for exact, path in locations if exact] == [MCP_PATH, f"{MCP_PATH}/"]
    (prefix,) = (path for exact, path in locations if not exact)
    assert all(path.startswith(prefix) for path in metadata_paths("https://mcp.example.com/mcp"))
    assert _directive("client_max_body_size") == f"{MAX_INBOUND_BYTES // 2**20}m"


async def test_every_call_may_be_made_twice_since_it_only_reads() -> None:
    assert "non_idempotent" in _directive("proxy_next_upstream")
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        for tool in (await client.list_tools()).tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint, tool.name


# --- what a program may do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_of_the_compose_file_may_do_nothing_that_it_does_not_need(name: str) -> None:
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & set(service)
    assert all(volume.endswith(":ro") for volume in service.get("volumes", []))
    assert {"mem_limit", "pids_limit", "restart", "logging"} <= set(service)
    assert "healthcheck" in service


def test_only_nginx_is_reached_from_outside_and_at_first_from_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"nginx": ["${LISTEN:-127.0.0.1:8080}:8080"]}
    assert COMPOSE["networks"]["memory"] == {"internal": True}
    assert COMPOSE["services"]["valkey"]["networks"] == ["memory"]


@pytest.mark.parametrize("name", ["scenario-mcp", "valkey"])
def test_a_pod_passes_the_restricted_standard(name: str) -> None:
    pod, container = _pod(name)
    namespace = _resource("Namespace", "scenario-mcp")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    assert [set(volume) for volume in pod["volumes"]] == [{"name", "emptyDir"}]


def test_the_selectors_of_kubernetes_select_the_pods_that_are_meant() -> None:
    for name in ("scenario-mcp", "valkey"):
        labels = _resource("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        assert _resource("Deployment", name)["spec"]["selector"]["matchLabels"] == labels
        assert _resource("Service", name)["spec"]["selector"] == labels
        assert _resource("NetworkPolicy", name)["spec"]["podSelector"]["matchLabels"] == labels
    target = _resource("HorizontalPodAutoscaler", "scenario-mcp")["spec"]
    assert target["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "scenario-mcp"}
    assert target["minReplicas"] == 3
    budget = _resource("PodDisruptionBudget", "scenario-mcp")["spec"]
    assert budget["selector"]["matchLabels"] == {"app.kubernetes.io/name": "scenario-mcp"}
    rollout = _resource("Deployment", "scenario-mcp")["spec"]["strategy"]["rollingUpdate"]
    assert rollout == {"maxUnavailable": 0, "maxSurge": 1}
