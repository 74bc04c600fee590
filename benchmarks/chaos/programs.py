"""The programs of a run, what is done to them, and when each was disturbed."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from benchmarks.chaos.issuer import Mint, write_keys
from benchmarks.chaos.plan import GATES, OPERATOR, REPLICAS, Plan, Step
from benchmarks.chaos.upstream import KEY, SECRET
from tests.cluster.cluster import REDIS_PASSWORD, nginx_command
from tests.cluster.programs import Program, json_at, until
from tests.support import local_http
from tests.support.ports import free_ports

TIMEOUT_SECONDS = 5
"""Of a call, so that an upstream that hangs does not hold up the run."""
DRAIN_SECONDS = 0.5
LIBFAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
_SIGNALS = {"kill": signal.SIGKILL, "end": signal.SIGTERM, "pause": signal.SIGSTOP, "go on": signal.SIGCONT}


@dataclass(slots=True)
class Disturbance:
    """When a program was not as it should be."""

    target: str
    action: str
    begin: float
    end: float = float("inf")


@dataclass
class Programs:
    """All of them, on ports of this machine. Logs lie in the folder."""

    folder: Path
    plan: Plan
    calls_per_minute: int
    is_forked: bool = False
    """Whether replicas are forked from a process that has imported the server: quick, but all with one clock."""
    disturbances: list[Disturbance] = field(default_factory=list)

    def __post_init__(self) -> None:
        upstream, store, front, gate, issuer, *ports = free_ports(5 + len(REPLICAS) + len(GATES))
        serve = "from benchmarks.chaos import upstream; upstream.serve()"
        arguments = [str(each) for each in (upstream, self.plan.seed, len(self.plan.calls), self.journal)]
        root = str(Path(__file__).parent.parent.parent)
        self._programs = {
            "upstream": Program(
                "upstream", [sys.executable, "-c", serve, *arguments], upstream, self.folder, {"PYTHONPATH": root}
            ),
            "redis": Program(
                "redis",
                [
                    *f"redis-server --port {store} --bind 127.0.0.1 --requirepass {REDIS_PASSWORD}".split(),
                    *("--appendonly", "no", "--save", "", "--dir", str(self.folder)),
                ],
                store,
                self.folder,
            ),
            "nginx": Program("nginx", nginx_command(self.folder, front, ports[: len(REPLICAS)]), front, self.folder),
            "nginx-of-gates": Program(
                "nginx-of-gates",
                nginx_command(self.folder / "gates", gate, ports[len(REPLICAS) :]),
                gate,
                self.folder,
            ),
            "issuer": Program(
                "issuer",
                [
                    *(sys.executable, "-c", "from benchmarks.chaos import issuer; issuer.serve()"),
                    *(str(issuer), str(self.plan.seed), str(self.folder)),
                ],
                issuer,
                self.folder,
                {"PYTHONPATH": root},
            ),
        }
        self.mint = Mint(self.plan.seed, f"http://127.0.0.1:{issuer}", f"http://127.0.0.1:{gate}/mcp")
        write_keys(self.folder, 0)
        environ = {
            "PYTHONPATH": root,
            "SCENARIO_BASE_URL": f"http://127.0.0.1:{upstream}/v1",
            "SCENARIO_MCP_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
            "SCENARIO_MCP_HTTP_AUTH": "caller-key",
            "SCENARIO_MCP_REDIS_URL": f"redis://:{REDIS_PASSWORD}@127.0.0.1:{store}/0",
            "SCENARIO_MCP_CALLS_PER_MINUTE": str(self.calls_per_minute),
            "SCENARIO_MCP_DRAIN_SECONDS": str(DRAIN_SECONDS),
            "SCENARIO_MCP_LOG_LEVEL": "info",
        }
        python = () if self.is_forked else (sys.executable, "-m", "scenario_mcp")
        tokens = {
            "SCENARIO_MCP_HTTP_AUTH": "oauth",
            "SCENARIO_MCP_OAUTH_ISSUER": f"http://127.0.0.1:{issuer}",
            "SCENARIO_MCP_PUBLIC_URL": f"http://127.0.0.1:{gate}/mcp",
            "SCENARIO_SDK_API_KEY": KEY.format(OPERATOR),
            "SCENARIO_SDK_API_SECRET": SECRET.format(OPERATOR),
        }
        for name, port in zip((*REPLICAS, *GATES), ports, strict=True):
            command = [*python, "--http", "--host", "127.0.0.1", "--port", str(port)]
            mine = {**environ, **(tokens if name in GATES else {}), **self._clock_environ(name)}
            self._programs[name] = Program(name, command, port, self.folder, mine, is_forked=self.is_forked)

    @property
    def journal(self) -> Path:
        """What the upstream was asked."""
        return self.folder / "journal.jsonl"

    @property
    def port(self) -> int:
        """Where callers with keys ask: nginx."""
        return self._programs["nginx"].port

    @property
    def gate(self) -> int:
        """Where callers with tokens ask."""
        return self._programs["nginx-of-gates"].port

    @property
    def has_clocks(self) -> bool:
        """Whether the clocks of replicas can be set."""
        return not self.is_forked and LIBFAKETIME is not None

    @property
    def replica_logs(self) -> str:
        """Return what the replicas have written."""
        return "".join(self._programs[name].log_path.read_text("utf-8", "replace") for name in (*REPLICAS, *GATES))

    def do(self, step: Step) -> None:
        """Disturb a program, or put it in order again."""
        program, now = self._programs[step.target], time.monotonic()
        self._note_end(step.target, now)
        self.disturbances.append(Disturbance(step.target, step.action, now))
        match step.action:
            case "start":
                self._start(program)
                self._note_end(step.target, time.monotonic())
            case "reload":
                program.tell(signal.SIGHUP)
                self._note_end(step.target, now + 1)  # the old workers go on for their calls
            case "empty" | "drop clients":
                self._tell_redis(["FLUSHALL"] if step.action == "empty" else ["CLIENT", "KILL", "TYPE", "normal"])
                self._note_end(step.target, now + 2)
            case "set mode":
                url, fault = f"http://127.0.0.1:{program.port}/mode", {"fault": step.argument}
                local_http.post(url, json=fault, timeout=10).raise_for_status()
            case "rotate":
                write_keys(self.folder, self.mint.key, int(step.argument))
                self.mint.key = int(step.argument)
            case "withdraw":
                write_keys(self.folder, self.mint.key)
                self._note_end(step.target, now)
                self.disturbances[-1].end = now
            case "set clock" if step.target == "issuer":
                self.mint.offset_seconds = _seconds(step.argument)
            case "set clock":
                self._clock_file(step.target).write_text(step.argument or "+0s", "utf-8")
            case _:
                program.tell(_SIGNALS[step.action])
        if step.action == "go on" or (step.action in {"set mode", "set clock"} and not step.argument):
            self._note_end(step.target, now + 2)  # a process looks at its clock's file once a second

    def start(self) -> None:
        """Start all, and wait until every replica is ready and has found Redis."""
        for program in self._programs.values():
            program.launch()
        for program in self._programs.values():
            program.await_port()
        self.await_health()

    def await_health(self) -> None:
        """Wait until all is well again after the last step."""
        for name in (*REPLICAS, *GATES):
            self._await_ready(self._programs[name], {"status": "ready", "redis": "up"})

    def memory(self) -> Mapping[str, int]:
        """Return the bytes that only this replica has, of each."""
        return {name: psutil.Process(self._programs[name].pid).memory_full_info().uss for name in REPLICAS}

    def last_lines(self) -> str:
        """Return the ends of all logs."""
        return "\n".join(program.last_lines() for program in self._programs.values())

    def end(self) -> None:
        """End all, whatever state they are in."""
        for program in self._programs.values():
            if program.is_running:
                program.tell(signal.SIGCONT)
                program.tell(signal.SIGTERM)
        for program in self._programs.values():
            program.end()

    def _note_end(self, target: str, now: float) -> None:
        for disturbance in self.disturbances:
            if disturbance.target == target and disturbance.end == float("inf"):
                disturbance.end = now

    def _start(self, program: Program) -> None:
        if program.is_running:
            program.wait()
        program.start()
        if program.name in {*REPLICAS, *GATES}:
            self._await_ready(program)

    def _await_ready(self, program: Program, state: Mapping[str, str] | None = None) -> None:
        url = f"http://127.0.0.1:{program.port}/readyz"

        def is_ready() -> bool:
            found = json_at(url)
            return found == state if state else found.get("status") == "ready"

        until(is_ready, f"{program.name} is ready")

    def _tell_redis(self, command: list[str]) -> None:
        store = self._programs["redis"]
        try:
            with redis.Redis(port=store.port, password=REDIS_PASSWORD, socket_timeout=2) as client:
                client.execute_command(*command)
        except redis.RedisError:
            pass  # it was down at the time

    def _clock_file(self, name: str) -> Path:
        return self.folder / f"{name}.clock"

    def _clock_environ(self, name: str) -> dict[str, str]:
        if not self.has_clocks:
            return {}
        self._clock_file(name).write_text("+0s", "utf-8")
        return {
            "LD_PRELOAD": str(LIBFAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock_file(name)),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def _seconds(offset: str) -> int:
    """Return an offset of libfaketime in seconds."""
    units = {"s": 1, "d": 86_400}
    return int(offset[:-1]) * units[offset[-1]] if offset else 0


@contextmanager
def running(programs: Programs) -> Iterator[Programs]:
    """Start everything, and end it; a failure brings the ends of the logs along."""
    try:
        programs.start()
        yield programs
    except BaseException as error:
        error.add_note(programs.last_lines())
        raise
    finally:
        programs.end()
