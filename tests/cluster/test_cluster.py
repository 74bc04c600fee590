"""What callers of several replicas behind nginx notice when parts of it die, restart or come back: nothing."""

import asyncio
import json
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.cluster.calls import CONNECTIONS, SEARCHES, Answer, Arguments, Load, open_client, right_ids, search
from tests.cluster.cluster import Cluster, needs_programs, running_cluster, token_of
from tests.cluster.programs import PATIENCE_SECONDS, until
from tests.support import local_http

pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(400),
    needs_programs,
]  # a busy machine makes few calls a second

MEMORY_SECONDS = 2
REDIS_NOTICED_SECONDS = 15.0
SLOW_SECONDS = 25.0
"""Longer than nginx waits for a body, and shorter than for the next request of a connection."""


@pytest.fixture(scope="module")
def whole_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    settings = {
        "SCENARIO_MCP_CALLS_PER_MINUTE": "100000",
        "SCENARIO_MCP_SEARCH_CACHE_SECONDS": str(MEMORY_SECONDS),
    }
    with running_cluster(tmp_path_factory.mktemp("cluster"), settings) as cluster:
        yield cluster


@pytest.fixture
def cluster(whole_cluster: Cluster) -> Cluster:
    """All of it at work, whatever the test before has done to it."""
    whole_cluster.mend()
    return whole_cluster


def _restart(cluster: Cluster, which: int) -> int:
    """Restart a replica as a rollout does; return the exit code of the old process."""
    replica = cluster.replicas[which]
    code = replica.stop(signal.SIGTERM)
    replica.start()
    until(lambda: cluster.health(replica).get("status") == "ready", f"{replica.name} is ready again")
    return code


# --- calls go on ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calls", [300, pytest.param(5000, marks=pytest.mark.cluster)])
async def test_every_call_is_answered_rightly_while_replicas_and_redis_die(cluster: Cluster, calls: int) -> None:
    load = Load(cluster)
    async with load.going_on():
        await load.reached(calls // 5)
        cluster.replicas[0].tell(signal.SIGKILL)
        await load.reached(load.done + calls // 10)
        assert await asyncio.to_thread(cluster.redis.stop) == 0
        await load.reached(load.done + calls // 10)
        assert await asyncio.to_thread(_restart, cluster, 1) == 0
        await load.reached(load.done + calls // 10)
        await asyncio.to_thread(cluster.redis.start)
        await load.reached(load.done + calls // 10)
        await asyncio.to_thread(cluster.replicas[0].start)
        await load.reached(calls)
    assert load.wrong == []
    assert load.done >= calls


@pytest.mark.cluster
async def test_a_rolling_restart_fails_no_call(cluster: Cluster) -> None:
    load = Load(cluster)
    async with load.going_on():
        for which in range(len(cluster.replicas)):
            await load.reached(load.done + 500)
            assert await asyncio.to_thread(_restart, cluster, which) == 0
        await load.reached(load.done + 500)
    assert load.wrong == []


@pytest.mark.cluster
async def test_replicas_killed_one_after_another_fail_no_call(cluster: Cluster) -> None:
    load = Load(cluster)
    async with load.going_on():
        for replica in cluster.replicas * 5:
            await load.reached(load.done + 50)
            replica.tell(signal.SIGKILL)
            await asyncio.to_thread(replica.start)
    assert load.wrong == []


async def test_a_replica_told_to_end_says_so_serves_on_and_finishes_what_it_has_begun(cluster: Cluster) -> None:
    replica = cluster.replicas[2]
    held: Arguments = {"query": "dragon", "limit": 9, "offset": 0}
    new: Arguments = {"query": "robot", "limit": 9, "offset": 0}
    right = [right_ids(cluster, each) for each in (held, new)]
    async with open_client(f"http://127.0.0.1:{replica.port}") as client:
        cluster.hold()
        try:
            begun = asyncio.create_task(search(client, "anna", held))
            await asyncio.to_thread(until, lambda: cluster.held() == 1, "the search has reached the sandbox")
            replica.tell(signal.SIGTERM)
            ready = await _draining(client)
            assert (ready.status_code, ready.json()) == (503, {"status": "draining", "redis": "up"})
            late = asyncio.create_task(search(client, "anna", new))
            await asyncio.to_thread(until, lambda: cluster.held() == 2, "a search is served that came after the signal")
            await asyncio.to_thread(until, lambda: not replica.listens(), "new connections are refused")
            assert replica.is_running
        finally:
            cluster.release()
        answers = [await begun, await late]
        assert [(each.status, each.is_error, each.ids) for each in answers] == [(200, False, ids) for ids in right]
    assert await asyncio.to_thread(replica.wait) == 0


async def _draining(client: httpx.AsyncClient) -> httpx.Response:
    """Return the first answer of /readyz that is not 200."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (answer := await client.get("/readyz")).status_code == httpx.codes.OK:
            pass
    return answer


# --- what replicas share --------------------------------------------------------------------------------------------


async def test_a_search_is_remembered_across_replicas_and_for_its_caller_alone(cluster: Cluster) -> None:
    for limit in range(6, 16):  # a search is remembered for two seconds, and Redis not waited for: too short at times
        arguments: Arguments = {"query": "wizard", "limit": limit, "offset": 0}
        right = right_ids(cluster, arguments)
        before = cluster.searches()
        reached: list[int] = []
        for caller, replica in (("anna", 0), ("anna", 1), ("anna", 2), ("bert", 1), ("bert", 0)):
            async with open_client(f"http://127.0.0.1:{cluster.replicas[replica].port}") as client:
                answer = await search(client, caller, arguments)
            assert (answer.status, answer.is_error, answer.ids) == (200, False, right)
            reached.append(cluster.searches() - before)
        assert (reached[0], reached[3] - reached[2]) == (1, 1), "what another caller asked was not asked for"
        if reached == [1, 1, 1, 2, 2]:
            return
    pytest.fail("no search was remembered")


def test_readiness_says_when_redis_is_away_and_when_it_is_back(cluster: Cluster) -> None:
    for does, state in ((cluster.redis.stop, "down"), (cluster.redis.start, "up")):
        does()
        for replica in cluster.replicas:
            until(
                lambda replica=replica, state=state: cluster.health(replica) == {"status": "ready", "redis": state},  # type: ignore[misc]  # defaults bind the loop's variables
                f"{replica.name} says that Redis is {state}",
                REDIS_NOTICED_SECONDS,
            )


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.cluster
@pytest.mark.parametrize("limit", [60, 300])
async def test_a_limit_holds_over_all_replicas_and_within_each_of_them_when_redis_dies(
    tmp_path: Path, limit: int
) -> None:
    with running_cluster(tmp_path, {"SCENARIO_MCP_CALLS_PER_MINUTE": str(limit)}) as cluster:
        granted = await _granted(cluster, "anna", 3 * limit)
        assert limit * 0.95 <= granted <= limit * 1.05
        cluster.redis.tell(signal.SIGKILL)
        began = time.monotonic()
        async with open_client(cluster.address) as client:
            first = await search(client, "bert", SEARCHES[0])
        assert (first.status, first.is_error) == (200, False)
        assert time.monotonic() - began < 1
        granted = await _granted(cluster, "bert", 5 * limit)
        assert limit < granted <= len(cluster.replicas) * limit


async def _granted(cluster: Cluster, caller: str, calls: int) -> int:
    """Make so many calls as fast as can be; return how many were not refused by the limit."""
    answers: list[Answer] = []
    numbers = iter(range(calls))

    async def ask(client: httpx.AsyncClient) -> None:
        answers.extend([await search(client, caller, SEARCHES[0]) for _ in numbers])

    async with open_client(cluster.address) as client:
        await asyncio.gather(*(ask(client) for _ in range(CONNECTIONS)))
    assert {answer.status for answer in answers} == {200}
    refused = [answer.text for answer in answers if answer.is_error]
    assert {re.sub(r"\d+", "N", text) for text in refused} <= {
        "You have made N calls within a minute, as many as this server allows. Wait N seconds, then try again."
    }
    return calls - len(refused)


# --- what nginx keeps back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/livez", "/mcp/x", "/mcp/../metrics", "/%6Detrics"])
def test_nothing_but_mcp_is_reached_from_outside(cluster: Cluster, path: str) -> None:
    answer = local_http.get(cluster.address + path, timeout=PATIENCE_SECONDS)
    assert (answer.status_code, _message(answer)) == (404, "There is nothing here. MCP is at /mcp.")


@pytest.mark.parametrize("path", ["/mcp/", "//mcp", "//mcp/?source=app"])
def test_a_slash_too_many_reaches_mcp_without_a_redirect(cluster: Cluster, path: str) -> None:
    answer = local_http.get(cluster.address + path, timeout=PATIENCE_SECONDS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_body_that_is_too_large_does_not_reach_a_replica(cluster: Cluster) -> None:
    answer = local_http.post(f"{cluster.address}/mcp", content=b" " * (16 * 2**20 + 1))
    assert (answer.status_code, _message(answer)) == (413, "The request is larger than 16 MiB. Send smaller pictures.")


@pytest.mark.cluster
async def test_clients_that_never_finish_a_request_hold_up_nobody_and_are_hung_up_on(cluster: Cluster) -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    slow = [await asyncio.open_connection("127.0.0.1", cluster.nginx.port) for _ in range(400)]
    try:
        for number, (_, writer) in enumerate(slow):
            writer.write(head if number % 2 else head + b"\r\n{")  # half a head, or half a body
            await writer.drain()
        async with open_client(cluster.address) as client:
            answers = [await search(client, "anna", arguments) for arguments in SEARCHES]
        assert [answer.ids for answer in answers] == [right_ids(cluster, arguments) for arguments in SEARCHES]
        for replica in cluster.replicas:
            process = psutil.Process(replica.pid)
            taken = [each for each in process.net_connections("tcp") if each.laddr.port == replica.port and each.raddr]
            assert len(taken) <= CONNECTIONS
        async with asyncio.timeout(SLOW_SECONDS):
            for reader, _ in slow:
                with suppress(ConnectionResetError):
                    await reader.read()
    finally:
        for _, writer in slow:
            writer.close()


def test_the_log_of_calls_holds_neither_query_nor_token(cluster: Cluster) -> None:
    headers = {"Authorization": f"Bearer {token_of('anna')}", "X-Request-Id": "ours-1"}
    local_http.post(f"{cluster.address}/mcp?key=in-the-query", json={}, headers=headers)
    log = cluster.nginx.log_path
    until(lambda: "ours-1" in log.read_text("utf-8"), "the call is in the log")
    text = log.read_text("utf-8")
    assert "in-the-query" not in text
    assert token_of("anna") not in text
    last = json.loads(text.splitlines()[-1])
    assert (last["path"], last["request_id"]) == ("/mcp", "ours-1")


# --- at last, as it leaves no replica behind ------------------------------------------------------------------------


def test_a_cluster_without_replicas_says_so_as_the_server_would(cluster: Cluster) -> None:
    for replica in cluster.replicas:
        replica.stop(signal.SIGKILL)
    answer = local_http.post(f"{cluster.address}/mcp", json={})
    assert (answer.status_code, _message(answer)) == (502, "No server answers now. Try again in 5 seconds.")
    assert answer.headers["retry-after"] == "5"


def _message(answer: httpx.Response) -> str:
    """Return what a refusal in the form of JSON-RPC says."""
    assert answer.headers["content-type"] == "application/json"
    message: str = answer.json()["error"]["message"]
    return message
