"""A command as the model: it reads the whole conversation on stdin, and writes its next turn to stdout."""

import shlex
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from benchmarks.agents.cases import Case
from benchmarks.agents.conversation import Conversation
from benchmarks.agents.session import Session
from benchmarks.agents.transcripts import Folder, Transcript

TURN_SECONDS = 120.0
CASE_SECONDS = 600.0
MAX_REPLY_BYTES = 200_000

Model = Callable[[str], Awaitable[str]]
"""Takes the prompt, returns what the model writes."""


class ModelFailed(Exception):
    """The command has no turn to take: it failed, took too long, or wrote too much."""


def command_model(command: str, *, turn_seconds: float = TURN_SECONDS) -> Model:
    """Return a model that runs a command, split like in a shell, once a turn.

    The model raises ModelFailed.
    """
    words = shlex.split(command)

    async def ask(prompt: str) -> str:
        with anyio.move_on_after(turn_seconds):
            return await _run(words, prompt)
        raise ModelFailed(f"the command took more than {turn_seconds:g} s")

    return ask


async def run_cases(
    cases: Iterable[Case],
    session: Session,
    model: Model,
    folder: Folder,
    *,
    case_seconds: float = CASE_SECONDS,
) -> AsyncIterator[Transcript]:
    """Run cases one after the other; each transcript is saved, then given out, when its case is over."""
    for case in cases:
        conversation = Conversation(case, session, Transcript(case.id))
        with anyio.move_on_after(case_seconds) as limit:
            await _converse(conversation, model)
        if limit.cancelled_caught:
            conversation.give_up(f"no end after {case_seconds:g} s")
        folder.save(conversation.transcript)
        yield conversation.transcript


async def _converse(conversation: Conversation, model: Model) -> None:
    try:
        while not conversation.is_over:
            await conversation.take(await model(conversation.prompt))
    except ModelFailed as error:
        conversation.give_up(str(error))


async def _run(words: list[str], prompt: str) -> str:
    try:
        process = await anyio.open_process(words, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise ModelFailed(f"the command cannot be started: {error.strerror}") from error
    async with process:
        try:
            return await _turn(process, prompt)
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            raise


async def _turn(process: Process, prompt: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise ModelFailed("the command has no stdin or stdout")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_write, process.stdin, prompt)
        written = await _read(process.stdout)
        tasks.cancel_scope.cancel()  # it need not read the whole prompt
    if len(written) > MAX_REPLY_BYTES:
        raise ModelFailed(f"the command wrote more than {MAX_REPLY_BYTES} bytes")
    if await process.wait():
        raise ModelFailed(f"the command ended with {process.returncode}")
    return written.decode("utf-8", "replace")


async def _write(stream: ByteSendStream, prompt: str) -> None:
    try:
        await stream.send(prompt.encode())
        await stream.aclose()
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return  # it has ended without reading all


async def _read(stream: ByteReceiveStream) -> bytes:
    """Read until the end, or until it is too much."""
    written = b""
    async for chunk in stream:
        written += chunk
        if len(written) > MAX_REPLY_BYTES:
            break
    return written
