import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.agents import __main__ as command_line
from benchmarks.agents.cases import chosen
from tests.benchmarks.agents.scripted import session_in_process

(NEXT_PAGE,) = chosen("next-page")
(NONE_YET,) = chosen("none-yet")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run a command line; return its exit code and what it printed."""
    monkeypatch.setattr(command_line, "sandbox_session", session_in_process)

    def run(*arguments: str) -> tuple[int, str]:
        code = command_line.main(["--folder", str(tmp_path), *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def test_by_hand_a_task_is_shown_called_answered_and_reported(run: Callable[..., tuple[int, str]]) -> None:
    _, shown = run("show", "next-page")
    assert shown.startswith("You help an artist or producer.")
    assert shown.endswith("# Task\n" + NEXT_PAGE.asks + "\nFields of the answer:\n- images: ids of these ten\n\n")
    _, result = run("call", "next-page", json.dumps(NEXT_PAGE.calls[0]))
    assert result.startswith('{"returned":10,')
    _, shown = run("show", "next-page")
    assert '# You\n{"tool": "search_assets"' in shown
    code, said = run("answer", "next-page", json.dumps(NEXT_PAGE.answer))  # type: ignore[union-attr]  # a task
    assert (code, said) == (0, "\n(next-page is over.)\n")
    _, report = run("report")
    assert "| Tasks | 1 of 1 | 1 | 1.00 |" in report


def test_by_hand_a_single_request_is_over_after_its_call(run: Callable[..., tuple[int, str]]) -> None:
    call = json.dumps(NONE_YET.calls[0])
    code, said = run("--verdict", "call", "none-yet", call)
    assert code == 0
    assert said.endswith("\n(none-yet is over: right.)\n")
    assert run("call", "none-yet", call) == (1, "none-yet is over.\n")


def test_without_a_case_what_all_have_in_common_and_their_ids_are_shown(run: Callable[..., tuple[int, str]]) -> None:
    _, shown = run("--tasks", "inkwell,one-day", "show")
    assert shown.startswith("You help an artist or producer.")
    assert shown.endswith("\nThe cases are: inkwell, one-day\n")
    assert run("show", "one-day", "--brief")[1].startswith("# Request\nWhat did we create on ")


def test_a_transcript_of_another_day_is_refused(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    run("call", "next-page", json.dumps(NEXT_PAGE.calls[0]))
    file = tmp_path / "next-page.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "day": "2020-01-01"}), "utf-8")
    assert run("show", "next-page") == (1, f"{file} was begun on another day. Use another folder.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("call", "next-page", "search"), "That is not JSON: Expecting value: line 1 column 1 (char 0)\n"),
        (("call", "next-page", "[]"), "Give a JSON object.\n"),
        (("call", "all", "{}"), "Name one case, not 'all'.\n"),
        ((), "Give --model-command, or one of: show, call, answer, report.\n"),
    ],
)
def test_what_cannot_be_used_is_said(
    run: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str
) -> None:
    assert run(*arguments) == (1, said)


@pytest.mark.processes
def test_a_command_as_the_model_talks_to_a_real_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "turn.json"
    script.write_text(json.dumps(NONE_YET.calls[0]), "utf-8")
    out = tmp_path / "table.md"
    options = ["--folder", str(tmp_path / "kept"), "--tasks", "none-yet", "--out", str(out)]
    assert command_line.main([*options, "--model-command", f"cat {script}"]) == 0
    printed = capsys.readouterr()
    assert printed.err == "none-yet: right\n"
    assert printed.out == out.read_text("utf-8")
    assert "| Single requests | 1 of 1 | 1 | 1.00 |" in printed.out
