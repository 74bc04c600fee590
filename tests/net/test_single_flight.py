"""Concurrent requests for one thing are one, whoever gives up and whatever fails."""

import asyncio
import contextlib
import gc
import weakref
from collections.abc import Callable

import anyio
import pytest

from scenario_mcp.errors import RateLimited
from scenario_mcp.net.single_flight import SingleFlight


class Work:
    """Something that takes until it is let go, and counts how it went."""

    def __init__(self, result: str | Exception = "made") -> None:
        self.result = result
        self.started = asyncio.Event()
        self.finish = asyncio.Event()
        self.begun = self.ended = self.cancelled = 0

    async def __call__(self) -> str:
        self.begun += 1
        self.started.set()
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.ended += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


async def settle() -> None:
    """Let every task go on until it waits for something else."""
    for _ in range(20):
        await asyncio.sleep(0)


def join(flights: SingleFlight[str, str], work: Callable[[], object], key: str = "a") -> "asyncio.Task[str]":
    return asyncio.create_task(flights.do(key, work))  # type: ignore[arg-type]  # a Work is such a function


@pytest.fixture(autouse=True)
async def nothing_is_left_behind() -> object:
    before = asyncio.all_tasks()
    yield
    await settle()
    assert asyncio.all_tasks() - {asyncio.current_task()} <= before


async def test_whoever_comes_meanwhile_gets_the_same() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    callers = [join(flights, work) for _ in range(5)]
    await work.started.wait()
    callers.append(join(flights, work))
    await settle()
    work.finish.set()
    assert await asyncio.gather(*callers) == ["made"] * 6
    assert work.begun == 1


async def test_other_things_are_made_apart() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    first, second = Work("first"), Work("second")
    callers = [join(flights, first, "a"), join(flights, second, "b")]
    await settle()
    second.finish.set()
    assert await callers[1] == "second"
    first.finish.set()
    assert await callers[0] == "first"


async def test_nothing_is_kept_once_it_is_made() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    for result in ("once", "twice"):
        work = Work(result)
        work.finish.set()
        assert await flights.do("a", work) == result


async def test_who_comes_when_the_work_is_done_but_not_yet_taken_starts_anew() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    first, second = Work("first"), Work("second")
    caller = join(flights, first)
    await settle()
    first.finish.set()
    second.finish.set()
    for _ in range(2):  # the work ends, and is called done: who waits for it comes after
        await asyncio.sleep(0)
    assert (first.ended, caller.done()) == (1, False)
    assert await flights.do("a", second) == "second"
    assert await caller == "first"


async def test_a_caller_that_gives_up_takes_it_from_nobody() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    first, second = join(flights, work), join(flights, work)
    await settle()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (work.begun, work.cancelled) == (1, 0)
    work.finish.set()
    assert await second == "made"


async def test_the_last_caller_that_gives_up_ends_the_work_and_waits_for_its_end() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(flights.do, "a", work)
        await settle()
        group.cancel_scope.cancel()
    assert (work.begun, work.cancelled, work.ended) == (1, 1, 1)


async def test_a_deadline_is_each_callers_own() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    patient = join(flights, work)
    await settle()
    with anyio.move_on_after(0):
        await flights.do("a", work)
    work.finish.set()
    assert await patient == "made"
    assert work.begun == 1


async def test_who_comes_while_abandoned_work_is_ending_starts_anew() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    is_ending, may_end = asyncio.Event(), asyncio.Event()

    async def end_slowly() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            is_ending.set()
            await may_end.wait()
        raise AssertionError

    abandoned = join(flights, end_slowly)
    await settle()
    abandoned.cancel()
    await is_ending.wait()
    work = Work("anew")
    work.finish.set()
    assert await flights.do("a", work) == "anew"
    assert not abandoned.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await abandoned


async def test_an_error_while_abandoned_work_ends_is_dropped_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    flights: SingleFlight[str, str] = SingleFlight()

    async def fail_at_the_end() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError

    caller = join(flights, fail_at_the_end)
    await settle()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    del caller
    gc.collect()
    assert caplog.records == []


async def test_a_failure_in_the_moment_of_giving_up_is_dropped_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work(ValueError("no"))
    caller = join(flights, work)
    await settle()
    work.finish.set()
    await asyncio.sleep(0)
    assert work.ended == 1
    caller.cancel()
    await asyncio.wait([caller])
    assert caller.cancelled()
    del caller, work
    gc.collect()
    assert caplog.records == []


async def test_a_failure_is_everybodys_but_each_has_a_copy() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    failure = RateLimited("Wait.", wait_seconds=3)
    work = Work(failure)
    callers = [join(flights, work) for _ in range(3)]
    await settle()
    work.finish.set()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    for error in errors:
        assert isinstance(error, RateLimited)
        assert (error.message, error.wait_seconds, error.__cause__, error.__context__) == ("Wait.", 3, failure, None)
    assert len({id(error) for error in [*errors, failure]}) == 4


async def test_a_shared_failure_does_not_grow_with_its_callers() -> None:
    def frames(error: BaseException) -> int:
        count, traceback = 0, error.__traceback__
        while traceback:
            count, traceback = count + 1, traceback.tb_next
        return count

    flights: SingleFlight[str, str] = SingleFlight()
    failure = ValueError("no")
    work = Work(failure)
    callers = [join(flights, work) for _ in range(20)]
    await settle()
    work.finish.set()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    assert {frames(error) for error in errors if isinstance(error, ValueError)} == {1}
    assert frames(failure) == 2  # in the work itself


async def test_an_error_that_cannot_be_copied_is_raised_itself() -> None:
    class Particular(Exception):
        def __init__(self, *, reason: str) -> None:
            super().__init__(f"because of {reason}")

    flights: SingleFlight[str, str] = SingleFlight()
    failure = Particular(reason="x")
    work = Work(failure)
    work.finish.set()
    with pytest.raises(Particular) as raised:
        await flights.do("a", work)
    assert raised.value is failure
    assert raised.value.__cause__ is None


async def test_neither_results_nor_failures_outlive_their_callers() -> None:
    class Thing(str):
        __slots__ = ("__weakref__",)

    class Failure(Exception):
        pass

    seen: list[weakref.ref[object]] = []

    async def make() -> str:
        thing = Thing("made")
        seen.append(weakref.ref(thing))
        return thing

    async def fail() -> str:
        seen.append(weakref.ref(failure := Failure("no")))
        try:
            raise failure
        finally:
            del failure  # a frame in its own traceback would be a cycle

    flights: SingleFlight[str, str] = SingleFlight()
    gc.collect()
    gc.disable()  # nothing may hang on a cycle
    try:
        assert await flights.do("a", make) == "made"
        with contextlib.suppress(Failure):
            await flights.do("a", fail)
        await settle()
        assert [each() for each in seen] == [None, None]
    finally:
        gc.enable()
