"""Tries again what failed: whether, when and how often.

The rules are those of Scenario's own SDK 2.4, with the quota of the AWS SDKs' standard mode.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from scenario_mcp.errors import ScenarioError

MAX_SLEEP_SECONDS = 15.0
"""Who is told to wait longer is told so: a model can do something else meanwhile."""
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0
QUOTA = 100.0
"""Retries in hand; one that succeeds is given back."""
EARNED_BY_SUCCESS = 0.2

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Failure:
    """A try without an answer: what the caller is told if it was the last, and what it means for the next."""

    error: ScenarioError
    cause: str
    """What happened, for the log: a status or the name of an exception, no word of a stranger's."""
    is_outage: bool
    """Whether the API was not reached, or what answered was not the API."""
    is_retryable: bool
    wait_seconds: float | None = None
    """How long the API asks to wait."""


class Retries:
    """The tries of every call, and the quota that they share."""

    def __init__(self, tries: int, sleep: Callable[[float], Awaitable[None]], random: Callable[[], float]) -> None:
        self._tries = tries
        self._sleep = sleep
        self._random = random
        self._quota = QUOTA

    def succeed(self, tries: int) -> None:
        """Give back what a call with an answer has taken, and a little for the next."""
        self._quota = min(QUOTA, self._quota + max(EARNED_BY_SUCCESS, tries - 1))

    async def persist(
        self,
        failure: Failure,
        may_sleep: Callable[[float], bool],
        try_again: Callable[[int], Awaitable[AnswerT | Failure]],
    ) -> AnswerT | Failure:
        """Go on after a first failure while that may help; `try_again` is given the number of its try, from 2.

        `may_sleep` says whether there is sense in a try after so many seconds.
        """
        tries = 0

        async def one_try() -> AnswerT | Failure:
            nonlocal tries
            tries += 1
            return failure if tries == 1 else await try_again(tries)

        def is_enough(state: RetryCallState) -> bool:
            sleep = state.upcoming_sleep
            if tries == self._tries or self._quota < 1 or sleep > MAX_SLEEP_SECONDS or not may_sleep(sleep):
                return True
            self._quota -= 1
            return False

        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=is_enough,
            wait=self._wait_seconds,
            retry=retry_if_result(lambda outcome: isinstance(outcome, Failure) and outcome.is_retryable),
            retry_error_callback=_last_outcome,
        )
        outcome: AnswerT | Failure = await retrying(one_try)
        return outcome

    def _wait_seconds(self, state: RetryCallState) -> float:
        failure = _last_outcome(state)
        if isinstance(failure, Failure) and failure.wait_seconds is not None:
            return failure.wait_seconds
        # Full jitter: callers that failed together do not come back together.
        return self._random() * min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2.0 ** (state.attempt_number - 1))


def _last_outcome(state: RetryCallState) -> object:
    return state.outcome.result() if state.outcome else None
