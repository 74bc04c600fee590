"""The evaluation on the command line: run it with a command as the model, or be the model by hand.

python -m benchmarks.agents --model-command 'CMD' [--tasks a,b] [--out FILE]
python -m benchmarks.agents show [CASE] | call CASE JSON | answer CASE JSON | report
"""

import argparse
import json
import sys
from pathlib import Path

import anyio

from benchmarks.agents.cases import Case, chosen
from benchmarks.agents.conversation import Conversation
from benchmarks.agents.driver import command_model, run_cases
from benchmarks.agents.protocol import preamble, question, tool_list
from benchmarks.agents.report import markdown
from benchmarks.agents.session import Session, sandbox_session
from benchmarks.agents.transcripts import Folder
from benchmarks.tokens import tokens

DEFAULT_FOLDER = Path("agent-transcripts")


def main(argv: list[str] | None = None) -> int:
    """Run the evaluation; return 1 when the arguments cannot be used."""
    options = _parser().parse_args(argv)
    try:
        anyio.run(_ACTIONS[options.action or "run"], options)
    except (LookupError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    if not options.model_command:
        raise ValueError("Give --model-command, or one of: show, call, answer, report.")
    cases, folder = chosen(options.tasks), Folder(options.folder)
    model = command_model(options.model_command)
    async with sandbox_session() as session:
        async for ended in run_cases(cases, session, model, folder):
            print(f"{ended.case}: {ended.verdict or 'right'}", file=sys.stderr)
        _write(markdown(folder.finished(cases), _tool_list_tokens(session)), options.out)


async def _show(options: argparse.Namespace) -> None:
    case = _case(options.case) if options.case else None
    transcript = Folder(options.folder).load(case) if case else None
    async with sandbox_session() as session:
        if case is None or transcript is None:
            print(preamble(session, is_task=True))
            print("\nThe cases are:", ", ".join(each.id for each in chosen(options.tasks)))
        elif options.brief:
            print(question(case))
        else:
            print(Conversation(case, session, transcript).prompt)


async def _call(options: argparse.Namespace) -> None:
    await _take(options, json.dumps(_object(options.json), ensure_ascii=False))


async def _answer(options: argparse.Namespace) -> None:
    value = _object(options.json)
    await _take(options, json.dumps(value if "answer" in value else {"answer": value}, ensure_ascii=False))


async def _take(options: argparse.Namespace, said: str) -> None:
    case, folder = _case(options.case), Folder(options.folder)
    transcript = folder.load(case)
    if transcript.verdict is not None:
        raise ValueError(f"{case.id} is over.")
    async with sandbox_session() as session:
        conversation = Conversation(case, session, transcript)
        await conversation.take(said)
    folder.save(transcript)
    last = transcript.turns[-1]
    print(f"{'Error: ' if last['is_error'] else ''}{last['result']}")
    if conversation.is_over:
        ended = conversation.transcript.verdict or "right"
        print(f"({case.id} is over{f': {ended}' if options.verdict else ''}.)")


async def _report(options: argparse.Namespace) -> None:
    async with sandbox_session() as session:
        _write(
            markdown(Folder(options.folder).finished(chosen(options.tasks)), _tool_list_tokens(session)), options.out
        )


_ACTIONS = {"run": _run, "show": _show, "call": _call, "answer": _answer, "report": _report}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.agents", description="Evaluate a language model with the server on the sandbox."
    )
    parser.add_argument("--model-command", metavar="CMD", help="reads the conversation on stdin, writes its next turn")
    parser.add_argument("--tasks", default="all", metavar="A,B", help="ids of cases, or tasks, requests, all (default)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, help=f"of transcripts (default {DEFAULT_FOLDER})"
    )
    parser.add_argument("--verdict", action="store_true", help="by hand: tell at the end of a case whether it is right")
    actions = parser.add_subparsers(dest="action")
    show = actions.add_parser("show", help="print what the model sees of a case; without one, what all have in common")
    show.add_argument("case", nargs="?")
    show.add_argument("--brief", action="store_true", help="without rules, instructions and tools")
    for name, help_text in (("call", "make one call"), ("answer", "end a task with an answer")):
        action = actions.add_parser(name, help=help_text)
        action.add_argument("case")
        action.add_argument("json", help="as the model writes it")
    actions.add_parser("report", help="print the tables of the cases that are over")
    return parser


def _case(name: str) -> Case:
    found = chosen(name)
    if len(found) != 1:
        raise LookupError(f"Name one case, not {name!r}.")
    return found[0]


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"That is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("Give a JSON object.")  # noqa: TRY004  # a user's mistake, not the program's
    return value


def _tool_list_tokens(session: Session) -> int:
    return tokens(session.instructions) + tokens(tool_list(session))


def _write(text: str, out: Path | None) -> None:
    print(text, end="")
    if out:
        out.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
