"""One case, turn by turn: the calls that a model asks for are made, its answer is judged, and it ends in time."""

from benchmarks.agents.cases import Case, Task
from benchmarks.agents.protocol import (
    MAX_CALLS,
    MAX_REPLY_CHARACTERS,
    UNREADABLE,
    Reply,
    preamble,
    question,
    read_reply,
)
from benchmarks.agents.protocol import turns_so_far as told
from benchmarks.agents.session import Session
from benchmarks.agents.transcripts import Transcript

MAX_UNREADABLE = 3
MAX_READ_CHARACTERS = 200_000
"""Of results, some 60,000 tokens; a model that reads more is lost."""


class Conversation:
    """A case that is under way."""

    def __init__(self, case: Case, session: Session, transcript: Transcript) -> None:
        self._case = case
        self._session = session
        self.transcript = transcript

    @property
    def prompt(self) -> str:
        """All that the model sees at this turn."""
        is_task = isinstance(self._case, Task)
        parts = [preamble(self._session, is_task=is_task), question(self._case), told(self.transcript.turns)]
        return "\n\n".join(filter(None, parts)) + "\n"

    @property
    def is_over(self) -> bool:
        """Whether the case was judged."""
        return self.transcript.verdict is not None

    async def take(self, said: str) -> None:
        """Take one turn of the model; nothing happens to a case that is over."""
        if self.is_over:
            return
        said = said.strip()[:MAX_REPLY_CHARACTERS]
        reply = read_reply(said)
        if reply.tool is not None:
            await self._call(said, reply)
        elif reply.answer is not None and isinstance(self._case, Task):
            wrong = [each for fact in self._case.facts if (each := fact.complaint(reply.answer))]
            self.transcript.close(said, reply, wrong)
        else:
            self.transcript.add_unreadable(said, UNREADABLE)
        if not self.is_over:
            self._end_if_lost()

    def give_up(self, why: str) -> None:
        """End the case: it is wrong, and why."""
        self.transcript.verdict = why

    async def _call(self, said: str, reply: Reply) -> None:
        arguments = reply.arguments or {}
        result = await self._session.call(reply.tool or "", arguments)
        self.transcript.add_call(said, reply, result)
        if not isinstance(self._case, Task):
            self.transcript.verdict = self._case.expectation.complaint(arguments, result) or ""

    def _end_if_lost(self) -> None:
        turns = self.transcript.turns
        if sum(not turn["tool"] for turn in turns) >= MAX_UNREADABLE:
            self.give_up(f"{MAX_UNREADABLE} turns could not be read")
        elif len(turns) >= MAX_CALLS + MAX_UNREADABLE or sum(bool(turn["tool"]) for turn in turns) > MAX_CALLS:
            self.give_up(f"no answer after {MAX_CALLS} calls")
        elif sum(len(turn["result"]) for turn in turns) > MAX_READ_CHARACTERS:
            self.give_up(f"more than {MAX_READ_CHARACTERS} characters read")
