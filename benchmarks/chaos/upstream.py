"""An API whose answers tell what they answer: whose key asked, and for what. It fails as the plan says.

python -c 'from benchmarks.chaos import upstream; upstream.serve()' PORT SEED CALLS JOURNAL
"""

import asyncio
import base64
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos.plan import make_plan
from tests.support.faulty_upstream import (
    Behaviour,
    Exchange,
    answer,
    answer_all,
    dripping,
    head,
    raw,
    then_reset,
    then_silent,
)

SLOW_SECONDS = 0.5
KEY, SECRET = "api_{}", "hidden-secret-of-{}"
POISON = "POISON"
"""Stands in every text of a failure that nobody may read."""
_TRACE = f'Traceback (most recent call last):\n  File "/srv/{POISON}/api.py", line 1\nKeyError: "{POISON}-key"'
_DATE, _LONG_AGO = "%a, %d %b %Y %H:%M:%S GMT", "Thu, 01 Jan 1970 00:00:00 GMT"


def marks(caller: str, query: str, limit: int) -> tuple[str, ...]:
    """Return the ids of the hits of a search: nobody else's, and of no other search."""
    return tuple(
        "asset_" + hashlib.sha256(f"{caller}\0{query}\0{limit}\0{number}".encode()).hexdigest()[:22]
        for number in range(limit)
    )


def name_of(asset_id: str, caller: str) -> str:
    """Return the name of an asset: it says whose it is."""
    return f"{asset_id[-8:]} of {caller}"


def _document(asset_id: str, caller: str) -> dict[str, Any]:
    policy = {"Statement": [{"Condition": {"DateLessThan": {"AWS:EpochTime": int(time.time()) + 86_400}}}]}
    text = base64.b64encode(json.dumps(policy).encode()).decode().translate(str.maketrans("+=/", "-_~"))
    return {
        "id": asset_id,
        "kind": "image",
        "url": f"https://cdn.cloud.scenario.com/{asset_id}.png?Policy={text}&Signature={POISON}&Key-Pair-Id=K",
        "metadata": {"name": name_of(asset_id, caller), "kind": "image", "width": 64, "height": 64, "type": "upload"},
        "tags": ["owl"],
        "createdAt": "2026-11-01T00:00:00Z",
    }


def _refusal(status: int, code: str = "", **headers: str | int) -> Behaviour:
    return answer({"message": _TRACE, "reason": _TRACE, "error": _TRACE, "code": code}, status, **headers)


def _late() -> Behaviour:
    return _refusal(429, Retry_After=time.strftime(_DATE, time.gmtime(time.time() + 3600)))


_FAILURES: Mapping[str, Callable[[], Behaviour]] = {
    "429": lambda: _refusal(429, retry_after_ms=100),
    "429-late": _late,
    "quota": lambda: _refusal(429, "QUOTA_EXCEEDED", Retry_After=1),
    "500": lambda: answer(_TRACE.encode(), 500),
    "503-past": lambda: _refusal(503, Retry_After=_LONG_AGO, Date=_LONG_AGO),
    "redirect": lambda: answer(b"", 307, Location=f"http://127.0.0.1:9/{POISON}"),
    "page": lambda: answer(f"<html><body>{POISON}</body></html>".encode(), 200, Content_Type="text/html"),
    "garbage": lambda: answer(b"\x00\xff\xfe{" + POISON.encode(), 200),
    "no-hits": lambda: answer({"ok": POISON}, 200),
    "cut": lambda: raw(head(200, content_length=5000) + b'{"hits": [{"id": "asset_'),
    "reset": lambda: then_reset(head(200, content_length=5000) + b'{"hits"'),
    "hang": lambda: then_silent(b""),
    "drip": lambda: dripping(head(200, content_length=50_000), b" "),
}


def _failure(fault: str) -> Behaviour | None:
    """Return how a request fails; nothing for what is answered rightly."""
    if fault in _FAILURES:
        return _FAILURES[fault]()
    return _refusal(int(fault)) if fault.isdecimal() else None


@dataclass
class Upstream:
    """The API. What it was asked and how it answered goes into the journal, one line a request."""

    seed: int
    calls: int
    journal: Path
    mode: str = ""
    """The fault of every request, whatever the plan says of it."""
    _tries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._faults = {
            call.query: call.faults
            for call in make_plan(self.seed, self.calls).calls
            if call.faults and call.kind != "stranger"
        }
        self._file = os.open(self.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        await answer_all(self._answer, reader, writer)

    async def _answer(self, exchange: Exchange) -> None:
        _, path, _ = exchange.received.line.split(" ")
        body = json.loads(exchange.received.body or b"{}")
        if path == "/mode":
            self.mode = body["fault"]
            await answer({})(exchange)
            return
        key = base64.b64decode(exchange.received.headers.get("authorization", "Basic Og==")[6:]).decode()
        caller = key.partition(":")[0].removeprefix("api_")
        query = str(body.get("query", ""))
        fault = self.mode or self._planned_fault(caller, query)
        begin, is_whole = time.monotonic(), False
        try:
            if key != f"{KEY}:{SECRET}".format(caller, caller):
                fault = "401"
            if (failing := _failure(fault)) is not None:
                await failing(exchange)
            else:
                if fault == "slow":
                    await asyncio.sleep(SLOW_SECONDS)
                await self._answer_rightly(exchange, caller, body, fault)
            is_whole = True
        finally:
            entry = [caller, query, body.get("limit", 0), fault, begin, time.monotonic(), is_whole]
            os.write(self._file, json.dumps(entry).encode() + b"\n")

    def _planned_fault(self, caller: str, query: str) -> str:
        faults = self._faults.get(query, ())
        self._tries[caller, query] += 1
        number = self._tries[caller, query]
        return faults[number - 1] if number <= len(faults) else ""

    async def _answer_rightly(self, exchange: Exchange, caller: str, body: dict[str, Any], fault: str) -> None:
        if "assetIds" in body:
            await answer({"assets": [_document(each, caller) for each in body["assetIds"]]})(exchange)
            return
        if "query" not in body:
            asset_id = exchange.received.line.split(" ")[1].rpartition("/")[2].partition("?")[0]
            await answer({"asset": _document(asset_id, caller)})(exchange)
            return
        hits = [_document(each, caller) for each in marks(caller, body["query"], body["limit"])]
        document: dict[str, Any] = {"hits": hits, "limit": len(hits), "offset": 0, "estimatedTotalHits": len(hits)}
        if fault == "odd-fields":
            document |= {"hits": [*({**hit, "tags": 7, "createdAt": {}} for hit in hits)], "processingTimeMs": "no"}
        more = {"Date": _LONG_AGO} if fault == "old-date" else {}
        await answer(document, 200, Content_Type="application/json", **more)(exchange)


async def _serve(port: int, upstream: Upstream) -> None:
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", port, backlog=500)
    await server.serve_forever()


def serve() -> None:
    """Serve on the port that is the first argument."""
    port, seed, calls, journal = sys.argv[1:]
    asyncio.run(_serve(int(port), Upstream(int(seed), int(calls), Path(journal))))
