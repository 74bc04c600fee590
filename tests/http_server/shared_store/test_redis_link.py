"""The link to Redis answers quickly, and with None at once while Redis is failing."""

import asyncio
import logging
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import trustme

from scenario_mcp.http_server.shared_store import redis_link
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from scenario_mcp.http_server.shared_store.url import read_redis_url
from tests.support.ports import free_ports
from tests.support.redis_server import RedisServer, needs_redis

LONGEST_SECONDS = 30.0
ADD = "return {ARGV[1] + ARGV[2]}"
WRITE = "return {redis.call('INCR', KEYS[1])}"
RECOVERED = "Redis at HOST:PORT has recovered: replicas share limits and searches again."


def failing(reason: str) -> str:
    until = "Until it recovers, this process limits calls and caches searches alone."
    return f"Redis at HOST:PORT is failing: {reason}. {until}"


class Watched(RedisLink):
    """Counts its probes."""

    probes = 0

    async def _probe(self) -> None:
        await super()._probe()
        self.probes += 1


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(autouse=True)
async def nothing_is_left_behind() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - {asyncio.current_task()} <= before


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in another process
            await asyncio.sleep(0.01)


async def works(link: RedisLink) -> bool:
    return await link.run(ADD, [], 1, 2) == [3]


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged, with one name for all the ports of this machine."""
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("scenario_mcp")]
    return [re.sub(r"127\.0\.0\.1:\d+", "HOST:PORT", message) for message in logged]


@needs_redis
async def test_a_stored_value_is_found_by_every_replica(server: RedisServer) -> None:
    async with RedisLink(server.url) as one, RedisLink(server.url) as other:
        assert (one.state, other.state) == ("up", "up")
        one.store("search:a", b"\x00\xff", 15)
        assert await one.get("search:a") == b"\x00\xff"
        assert await other.get("search:a") == b"\x00\xff"
        assert await other.get("search:b") is None
        with server.client() as client:
            assert 14_000 < client.pttl("scenario-mcp:search:a") <= 15_000
            assert sorted(client.keys()) == [b"scenario-mcp:probe", b"scenario-mcp:search:a"]
            assert client.pttl("scenario-mcp:probe") <= 60_000
    assert one.state == "off"
    assert await one.get("search:a") is None


@needs_redis
async def test_the_last_value_is_sent_before_the_end(server: RedisServer) -> None:
    async with RedisLink(server.url) as link:
        link.store("quota:a", b"1", 600)
    with server.client() as client:
        assert client.get("scenario-mcp:quota:a") == b"1"


@needs_redis
async def test_a_value_without_time_left_is_not_stored(server: RedisServer) -> None:
    async with RedisLink(server.url) as link:
        link.store("search:a", b"1", 0.0001)
        link.store("search:b", b"1", -1)
        assert await link.get("search:a") is None
        assert await link.get("search:b") is None


@needs_redis
async def test_commands_at_once_travel_as_one_pipeline(server: RedisServer) -> None:
    async with RedisLink(server.url) as link:
        await works(link)
        with server.client() as client:
            before = client.info("stats")["total_reads_processed"]
            replies = await asyncio.gather(*(link.run(ADD, [], number, 1) for number in range(100)))
            reads = client.info("stats")["total_reads_processed"] - before
    assert replies == [[number + 1] for number in range(100)]
    assert reads <= 4  # the batch, and what asked for the number, with one to spare for a probe


@needs_redis
async def test_a_caller_that_gives_up_takes_the_answer_from_nobody(server: RedisServer) -> None:
    async with RedisLink(server.url) as link:
        first = asyncio.create_task(link.run(ADD, [], 1, 1))
        second = asyncio.create_task(link.run(ADD, [], 2, 2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == [4]
        assert first.cancelled()
        assert link.state == "up"


@needs_redis
async def test_a_unix_socket_works(tmp_path: Path) -> None:
    with RedisServer(folder=tmp_path) as server:
        async with RedisLink(read_redis_url(server.url)) as link:
            assert await works(link)


@needs_redis
async def test_a_wrong_key_type_fails_one_command_alone(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    async with RedisLink(server.url) as link:
        with server.client() as client:
            client.lpush("scenario-mcp:search:a", "1")
        wrong, right = await asyncio.gather(link.get("search:a"), works(link))
        assert (wrong, right) == (None, True)
        assert link.state == "up"
    assert messages(caplog) == []


@needs_redis
async def test_a_redis_that_was_started_again_learns_the_scripts_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with RedisLink(server.url) as link:
        assert await works(link)
        server.kill()
        assert not await works(link)
        server.start()
        await until(lambda: link.state == "up")
        assert await works(link)
        with server.client() as client:
            client.script_flush()
        assert await asyncio.gather(*(works(link) for _ in range(5))) == [True] * 5
    assert messages(caplog) == [failing("it cannot be reached"), RECOVERED]


@asynccontextmanager
async def killed(server: RedisServer) -> AsyncIterator[str]:
    server.kill()
    yield "it cannot be reached"
    server.start()


@asynccontextmanager
async def paused(server: RedisServer) -> AsyncIterator[str]:
    server.pause()
    yield "it did not answer in time"
    server.go_on()


@asynccontextmanager
async def full(server: RedisServer) -> AsyncIterator[str]:
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.set("somebody's", b"x" * 2_000_000)
        client.config_set("maxmemory", "1mb")
        yield "it is out of memory"
        client.config_set("maxmemory", "0")


@asynccontextmanager
async def read_only(server: RedisServer) -> AsyncIterator[str]:
    with server.client() as client:
        client.config_set("replica-serve-stale-data", "yes")
        client.replicaof("127.0.0.1", str(free_ports(1)[0]))
        yield "it is a read-only replica"
        client.replicaof("NO", "ONE")


@asynccontextmanager
async def narrowed(server: RedisServer) -> AsyncIterator[str]:
    with server.client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-eval", "-evalsha")
        yield "its user lacks a permission"
        client.execute_command("ACL", "SETUSER", "default", "+@all")


@needs_redis
@pytest.mark.parametrize("failure", [killed, paused, full, read_only, narrowed])
async def test_while_redis_fails_callers_go_on_at_once_and_each_change_is_logged_once(
    server: RedisServer,
    caplog: pytest.LogCaptureFixture,
    failure: Callable[[RedisServer], AbstractAsyncContextManager[str]],
) -> None:
    loop = asyncio.get_running_loop()
    async with Watched(server.url, probe_seconds=0.2) as link:
        assert await works(link)
        async with failure(server) as reason:
            begin = loop.time()
            link.store("search:a", b"1", 15)
            answers = await asyncio.gather(*(link.run(WRITE, ["calls:a"]) for _ in range(40)))
            assert answers == [None] * 40
            assert loop.time() - begin < 5  # one after the other they would take eight seconds
            assert link.state == "down"
            begin = loop.time()
            for _ in range(1_000):
                assert await link.run(WRITE, ["calls:a"]) is None
                assert await link.get("search:a") is None
                link.store("search:a", b"1", 15)
            assert loop.time() - begin < 20  # nobody waits: a thousand times the shortest wait is far more
            probes = link.probes
            await until(lambda: link.probes > probes + 1)
            assert link.state == "down"
        await until(lambda: link.state == "up")
        assert await works(link)
    assert messages(caplog) == [failing(reason), RECOVERED]
    assert all(record.levelno == logging.WARNING for record in caplog.records)


@needs_redis
async def test_a_process_that_is_busy_itself_does_not_blame_redis(
    server: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_link, "GRACE_SECONDS", 5)  # Redis may get no turn at once where other tests run beside
    async with RedisLink(server.url) as link:
        assert await works(link)
        for turns in range(4):
            asking = asyncio.create_task(works(link))
            for _ in range(turns):
                await asyncio.sleep(0)
            time.sleep(0.3)  # noqa: ASYNC251  # as somebody does who computes for long
            assert await asking
        assert link.state == "up"
    assert messages(caplog) == []


@needs_redis
async def test_a_failure_is_noticed_while_nobody_asks(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    async with RedisLink(server.url) as link:
        server.kill()
        await until(lambda: link.state == "down")
        assert await link.get("search:a") is None
    assert messages(caplog) == [failing("it cannot be reached")]


@needs_redis
async def test_a_wrong_password_is_told_with_the_place_and_without_the_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with RedisServer("--requirepass", "right horse") as server:
        address = server.url.replace("redis://", "redis://:{}@")
        async with RedisLink(read_redis_url(address.format("wrong-battery"))) as link:
            assert link.state == "down"
        async with RedisLink(read_redis_url(server.url)) as link:
            assert link.state == "down"
        async with RedisLink(read_redis_url(address.format("right%20horse"))) as link:
            assert await works(link)
    assert messages(caplog) == [failing("it rejects the user name or password")] * 2
    assert f"Redis at 127.0.0.1:{server.port} is failing" in caplog.text
    assert "battery" not in caplog.text


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the server at this address is not Redis"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "it is still loading its data"),
        (b"-BUSY Redis is busy running a script.\r\n", "it is busy running a script"),
        (b"-MISCONF Redis is configured to save RDB snapshots\r\n", "it cannot save its data and accepts no writes"),
        (b"-MOVED 3999 127.0.0.1:6381\r\n", "it is part of a cluster, which is not supported"),
        (b"-ERR unknown command\r\n", "it sent an unexpected answer (ResponseError)"),
        (b"", "it cannot be reached"),
    ],
)
async def test_what_answers_oddly_is_named(caplog: pytest.LogCaptureFixture, greeting: bytes, reason: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.write(greeting)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with RedisLink(f"redis://127.0.0.1:{port}") as link:
            assert link.state == "down"
    assert messages(caplog) == [failing(reason)]


async def test_what_accepts_and_never_answers_keeps_the_start_for_a_second_at_most(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        begin = loop.time()
        async with RedisLink(f"redis://127.0.0.1:{listening.getsockname()[1]}") as link:
            assert link.state == "down"
            assert loop.time() - begin < 10  # and then for as long as the machine is busy
    assert messages(caplog) == [failing("it did not answer in time")]


@needs_redis
async def test_waiting_commands_are_bounded(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_link, "MAX_WAITING_BYTES", 10_000)
    monkeypatch.setattr(redis_link, "MAX_WAITING_COMMANDS", 100)
    async with RedisLink(server.url) as link:
        for number in range(15):
            link.store(f"search:{number}", b"x" * 1_000, 15)
        await link.get("search:a")
        with server.client() as client:
            assert len(client.keys("scenario-mcp:search:*")) == 10
        answers = await asyncio.gather(*(works(link) for _ in range(110)))
        assert answers == [True] * 100 + [False] * 10


@needs_redis
@pytest.mark.parametrize("trusted", [True, False])
async def test_with_tls_the_certificate_is_checked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, trusted: bool
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    (port,) = free_ports(1)
    options = ["--tls-port", str(port), "--port", "0", "--tls-auth-clients", "no"]
    options += ["--tls-cert-file", str(tmp_path / "cert.pem"), "--tls-key-file", str(tmp_path / "key.pem")]
    with RedisServer(*options, port=port):
        certificates = f"?ssl_ca_certs={tmp_path / 'ca.pem'}" if trusted else ""
        async with RedisLink(read_redis_url(f"valkeys://127.0.0.1:{port}/0{certificates}")) as link:
            assert link.state == ("up" if trusted else "down")
            assert await works(link) == trusted
        async with RedisLink(f"redis://127.0.0.1:{port}") as link:
            assert link.state == "down"
    assert messages(caplog)[:-1] == ([] if trusted else [failing("its certificate is not trusted")])
