import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from benchmarks.agents import conversation
from benchmarks.agents.cases import chosen
from benchmarks.agents.driver import ModelFailed, command_model, run_cases
from benchmarks.agents.protocol import MAX_CALLS, UNREADABLE, Reply, read_reply
from benchmarks.agents.report import markdown
from benchmarks.agents.transcripts import Counts, Folder, Transcript, count
from tests.benchmarks.agents.scripted import RightWay, Scripted, session_in_process

(NONE_YET,) = chosen("none-yet")
(INKWELL,) = chosen("inkwell")
SEARCH = {"tool": "search_models", "arguments": {"query": "Inkwell", "limit": 1}}


async def _run(case: str, model: Callable[[str], Awaitable[str]], folder: Path, seconds: float = 60) -> Transcript:
    async with session_in_process() as session:
        (ended,) = [
            each async for each in run_cases(chosen(case), session, model, Folder(folder), case_seconds=seconds)
        ]
    return ended


def _python(program: str) -> str:
    return shlex.join([sys.executable, "-c", program])


# --- what a model sees ----------------------------------------------------------------------------------------------


async def test_a_model_sees_rules_instructions_tools_and_the_task_then_what_it_did(tmp_path: Path) -> None:
    model = Scripted(SEARCH, {"answer": {}})
    await _run("inkwell", model, tmp_path)
    first, second = model.prompts
    assert first.startswith("You help an artist or producer.")
    parts = [
        "# The server's instructions\nFinds assets",
        "# Tools\n{",
        '"name":"view_assets"',
        "# Task\nAbout our model",
    ]
    places = [first.index(part) for part in parts]
    assert places == sorted(places)
    assert "- trained_on: training images\n" in first
    assert second.startswith(first)
    assert '# You\n{"tool": "search_models"' in second
    assert '# Result\n{"returned":1,' in second


async def test_a_picture_is_a_placeholder_and_structured_content_is_told_once(tmp_path: Path) -> None:
    view = {"tool": "view_assets", "arguments": {"assetIds": ["asset_BO9HqvvucTMSRoWMWYX1Lq"]}}
    ended = await _run("inkwell", Scripted(view, {"answer": {}}), tmp_path)
    result = ended.turns[0]["result"]
    assert result.endswith("\n[picture: image/webp]")
    assert result.count('asset_BO9HqvvucTMSRoWMWYX1Lq "Knight portrait (paper)": image') == 1


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ('{"tool": "a", "arguments": {"b": 1}}', Reply("a", {"b": 1})),
        ('I call it.\n```json\n{"tool": "a", "doubt": "days?"}\n```', Reply("a", {}, doubt="days?")),
        ('Of {these} I am sure: {"answer": {"ids": []}} {"tool": "a"}', Reply(answer={"ids": []})),
        ('{"answer": "seven"}', Reply()),
        ("[" * 10_000 + "{" * 10_000, Reply()),
    ],
)
def test_the_first_object_with_a_call_or_an_answer_counts(said: str, reply: Reply) -> None:
    assert read_reply(said) == reply


# --- how a case ends ------------------------------------------------------------------------------------------------


async def test_a_single_request_ends_with_its_first_call(tmp_path: Path) -> None:
    right = await _run("none-yet", RightWay([NONE_YET]), tmp_path)
    wrong = await _run("none-yet", Scripted(NONE_YET.misses[0]), tmp_path)  # type: ignore[union-attr]  # a request
    refused = await _run("none-yet", Scripted({"tool": "search_everything"}), tmp_path)
    assert right.verdict == ""
    assert (wrong.verdict or "").startswith("missing []; wrong ['asset_")
    assert refused.verdict == "the call was refused"


async def test_a_model_that_never_answers_ends_after_twelve_calls(tmp_path: Path) -> None:
    ended = await _run("inkwell", Scripted(SEARCH), tmp_path)
    assert ended.verdict == "no answer after 12 calls"
    assert len(ended.turns) == MAX_CALLS + 1


async def test_a_model_that_writes_no_call_is_told_so_and_ends_after_three_turns(tmp_path: Path) -> None:
    ended = await _run("inkwell", Scripted("I do not know."), tmp_path)
    assert ended.verdict == "3 turns could not be read"
    assert [turn["result"] for turn in ended.turns] == [UNREADABLE] * 3


async def test_a_model_that_reads_too_much_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_READ_CHARACTERS", 10)
    ended = await _run("inkwell", Scripted(SEARCH), tmp_path)
    assert ended.verdict == "more than 10 characters read"


async def test_a_model_that_takes_too_long_ends(tmp_path: Path) -> None:
    async def wait(_: str) -> str:
        await anyio.sleep_forever()
        return ""

    ended = await _run("inkwell", wait, tmp_path, seconds=0.05)
    assert ended.verdict == "no end after 0.05 s"


# --- what is counted ------------------------------------------------------------------------------------------------


async def test_calls_refusals_repetitions_lookups_and_doubts_are_counted(tmp_path: Path) -> None:
    look = {"tool": "get_models", "arguments": {"modelIds": ["model_dCDYJ9yCWPBphVXPzvJXJm"]}}
    other = {"tool": "get_models", "arguments": {"modelIds": ["model_qwen-image"]}}
    bad = {"tool": "get_models", "arguments": {}, "doubt": "Are ids needed?"}
    script = Scripted(SEARCH, look, other, SEARCH, bad, "hm", {"answer": {**INKWELL.answer}, "doubt": "Is it so?"})  # type: ignore[union-attr]  # a task
    ended = await _run("inkwell", script, tmp_path)
    counts = count(INKWELL, ended.turns)
    assert counts == Counts(5, counts.written, counts.read, refused=2, repeated=1, lookups=1, doubts=2)
    assert ended.verdict == ""


async def test_the_report_shows_totals_and_the_cases_that_were_not_straight(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    async with session_in_process() as session:
        _ = [each async for each in run_cases([NONE_YET], session, RightWay([NONE_YET]), folder)]
        _ = [each async for each in run_cases([INKWELL], session, Scripted(SEARCH, {"answer": {}}), folder)]
    lines = markdown(folder.finished([INKWELL, NONE_YET]), 1_600).splitlines()
    assert lines[0].startswith("|  | Right | Calls | Calls each | Tokens |")
    assert lines[2].startswith("| Tasks | 0 of 1 | 1 | 1.00 |")
    assert lines[3].startswith("| Single requests | 1 of 1 | 1 | 1.00 |")
    assert lines[5] == "Beside these tokens each case reads the instructions and the tool list: 1600 tokens."
    missing = "trained_on is missing; derived_from is missing; examples is missing"
    assert lines[9:] == [f"| inkwell | {missing} | 1 | 2 |  |"]


# --- a command as the model -----------------------------------------------------------------------------------------


@pytest.mark.processes
async def test_a_command_reads_the_prompt_and_writes_its_turn() -> None:
    ask = command_model(_python("import sys; print(sys.stdin.read().upper())"))
    assert await ask("a turn, naïve") == "A TURN, NAÏVE\n"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("program", "seconds", "why"),
    [
        ("import sys; sys.exit(3)", 60, "the command ended with 3"),
        ("import time; time.sleep(60)", 0.3, "the command took more than 0.3 s"),
        ("while True: print('x' * 9999)", 60, "the command wrote more than 200000 bytes"),
    ],
)
async def test_a_command_that_fails_hangs_or_floods_is_ended(program: str, seconds: float, why: str) -> None:
    with pytest.raises(ModelFailed) as caught:
        await command_model(_python(program), turn_seconds=seconds)("x" * 1_000_000)
    assert str(caught.value) == why


async def test_a_command_that_does_not_exist_ends_the_case(tmp_path: Path) -> None:
    ended = await _run("none-yet", command_model("/no/such/model"), tmp_path)
    assert ended.verdict == "the command cannot be started: No such file or directory"
