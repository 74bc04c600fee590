"""The sandbox, Redis, three replicas and nginx with the configuration that is deployed, on ports of this machine."""

import hashlib
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx
import pytest

from tests.cluster.programs import Program, json_at, until
from tests.support.local_http import NO_TLS
from tests.support.ports import free_ports

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
REPLICAS = 3
DRAIN_SECONDS = 1.0
CALLERS = ("anna", "bert", "cleo", "dora")
REDIS_PASSWORD = "made-up"

needs_programs = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("redis-server")),
    reason="nginx and redis-server are not installed (Debian: apt-get install nginx redis-server)",
)


def token_of(caller: str) -> str:
    """Return the access token that the replicas know this caller by."""
    return f"smcp_made-up-token-of-{caller}"


@dataclass
class Cluster:
    """All its programs. Logs lie in the folder."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """Variables of the replicas beside those that make them work here."""

    def __post_init__(self) -> None:
        upstream, redis, front, *replicas = free_ports(3 + REPLICAS)
        serve = "from tests.cluster import upstream; upstream.serve()"
        self.upstream = Program("upstream", ["-c", serve, str(upstream)], upstream, self.folder, is_forked=True)
        self.redis = Program(
            "redis",
            [
                *f"redis-server --port {redis} --bind 127.0.0.1 --requirepass {REDIS_PASSWORD} --appendonly no".split(),
                *("--save", "", "--dir", str(self.folder)),
            ],
            redis,
            self.folder,
        )
        self.replicas = tuple(
            Program(
                f"replica-{number}",
                ["--http", "--host", "127.0.0.1", "--port", str(port)],
                port,
                self.folder,
                self._environ(),
                is_forked=True,
            )
            for number, port in enumerate(replicas, 1)
        )
        command = nginx_command(self.folder, front, [replica.port for replica in self.replicas])
        self.nginx = Program("nginx", command, front, self.folder)

    @property
    def programs(self) -> tuple[Program, ...]:
        return (self.redis, self.upstream, self.nginx, *self.replicas)

    @property
    def address(self) -> str:
        """Where callers ask: nginx."""
        return f"http://127.0.0.1:{self.nginx.port}"

    @property
    def upstream_address(self) -> str:
        return f"http://127.0.0.1:{self.upstream.port}"

    @cached_property
    def direct(self) -> httpx.Client:
        """For what a test asks the sandbox itself."""
        return httpx.Client(base_url=self.upstream_address, auth=("sandbox", "sandbox"), verify=NO_TLS, trust_env=False)

    def health(self, replica: Program) -> dict[str, object]:
        """Return what a replica says on /readyz, nothing if it does not answer."""
        return json_at(f"http://127.0.0.1:{replica.port}/readyz")

    def searches(self) -> int:
        """Return how many searches have reached the sandbox."""
        return self._count("searches")

    def held(self) -> int:
        """Return how many searches the sandbox holds back."""
        return self._count("held")

    def hold(self) -> None:
        """Make the sandbox hold back every search, until the release."""
        self.direct.get("/hold").raise_for_status()

    def release(self) -> None:
        self.direct.get("/release").raise_for_status()

    def _count(self, name: str) -> int:
        count: int = self.direct.get("/counts").raise_for_status().json()[name]
        return count

    def last_lines(self) -> str:
        """Return the ends of all logs."""
        return "\n".join(program.last_lines() for program in self.programs)

    def mend(self) -> None:
        """Start what does not run, and wait until every replica is ready and has found Redis."""
        for program in self.programs:
            if not program.is_running:
                program.launch()
        for program in self.programs:
            program.await_port()
        for replica in self.replicas:
            until(
                lambda replica=replica: self.health(replica) == {"status": "ready", "redis": "up"},  # type: ignore[misc]  # a default binds the loop's variable
                f"{replica.name} is ready",
            )

    def _environ(self) -> dict[str, str]:
        digests = {caller: hashlib.sha256(token_of(caller).encode()).hexdigest() for caller in CALLERS}
        return {
            "SCENARIO_BASE_URL": f"{self.upstream_address}/v1",
            "SCENARIO_CDN_HOSTS": "127.0.0.1",
            "SCENARIO_SDK_API_KEY": "sandbox",
            "SCENARIO_SDK_API_SECRET": "sandbox",
            "SCENARIO_MCP_HTTP_AUTH": "access-tokens",
            "SCENARIO_MCP_ACCESS_TOKENS": ",".join(f"{caller}:{digest}" for caller, digest in digests.items()),
            "SCENARIO_MCP_REDIS_URL": f"redis://:{REDIS_PASSWORD}@127.0.0.1:{self.redis.port}/0",
            "SCENARIO_MCP_DRAIN_SECONDS": f"{DRAIN_SECONDS:g}",
            **self.settings,
        }


def nginx_command(folder: Path, port: int, replicas: Iterable[int]) -> list[str]:
    """Lay the deployed configuration beside two files of this folder's own: where to listen, and the replicas."""
    root = folder / "nginx"
    (root / "nginx").mkdir(parents=True, exist_ok=True)
    shutil.copy(DEPLOY / "nginx.conf", root)
    (root / "nginx" / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n", "utf-8")
    servers = [f"server 127.0.0.1:{replica} max_fails=0;\n" for replica in replicas]
    (root / "nginx" / "replicas.conf").write_text("".join(servers), "utf-8")
    # As root its workers would be nobody, who may not write into this folder.
    directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    return ["nginx", "-p", str(root), "-c", str(root / "nginx.conf"), "-e", "stderr", "-g", directives]


@contextmanager
def running_cluster(folder: Path, settings: Mapping[str, str]) -> Iterator[Cluster]:
    """Start everything, and end it; a failure brings the ends of the logs along."""
    cluster = Cluster(folder, settings)
    try:
        cluster.mend()
        yield cluster
    except BaseException as error:
        error.add_note(cluster.last_lines())
        raise
    finally:
        cluster.direct.close()
        for program in cluster.programs:
            if program.is_running:
                program.tell(signal.SIGTERM)
        for program in cluster.programs:
            program.end()
