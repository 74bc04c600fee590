"""Single flight: concurrent requests for the same key are one."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

KeyT = TypeVar("KeyT", bound=Hashable)
ResultT = TypeVar("ResultT")


@dataclass(eq=False, slots=True)
class _Flight(Generic[ResultT]):
    work: asyncio.Task[ResultT]
    waiting: set[asyncio.Future[None]] = field(default_factory=set)


class SingleFlight(Generic[KeyT, ResultT]):
    """Callers who ask for a key whose work is in progress wait for its result. Nothing is kept once it is done.

    The work runs in a task of its own, so a caller that is cancelled does not end it for the others; only the last one
    ends it. (Handing the work from a cancelled caller to a waiting one would start it again.)
    """

    def __init__(self) -> None:
        self._flights: dict[KeyT, _Flight[ResultT]] = {}

    async def do(self, key: KeyT, make: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Return the result of `make`, or of an earlier caller's that is still in progress.

        An exception of `make` is raised for each caller as a copy: a shared one would collect the traceback and the
        context of everyone who raises it.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = self._begin(key, make)
        waiting = asyncio.get_running_loop().create_future()  # which `asyncio.wait` would make in a roundabout way
        flight.waiting.add(waiting)
        try:
            await waiting
        finally:
            flight.waiting.discard(waiting)
            if not flight.waiting and not flight.work.done():
                self._forget(key, flight)  # before it ends: a new caller must not get the cancellation
                flight.work.cancel()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait([flight.work])
        error = flight.work.exception()
        if error is not None:
            raise _copy(error)
        return flight.work.result()

    def _begin(self, key: KeyT, make: Callable[[], Awaitable[ResultT]]) -> _Flight[ResultT]:
        async def work() -> ResultT:
            return await make()

        def finish(task: asyncio.Task[ResultT]) -> None:
            self._forget(key, flight)
            for waiting in flight.waiting:
                if not waiting.done():  # its caller may have given up
                    waiting.set_result(None)
            if not task.cancelled():
                task.exception()  # or it would be logged once no caller waits for it

        flight = _Flight(asyncio.create_task(work()))
        flight.work.add_done_callback(finish)
        return flight

    def _forget(self, key: KeyT, flight: _Flight[ResultT]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _copy(error: BaseException) -> BaseException:
    """Return a copy caused by the error, or the error itself when its class does not allow a copy."""
    try:
        twin = copy.copy(error)
    except Exception:  # noqa: BLE001  # copying calls a constructor that we do not know
        return error
    twin.__cause__ = error
    return twin
