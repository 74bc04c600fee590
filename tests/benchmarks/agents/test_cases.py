import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.agents.cases import SingleRequest, Task, cases, chosen, read_cases
from benchmarks.agents.catalogue import Samples
from benchmarks.agents.driver import run_cases
from benchmarks.agents.facts import Fact
from benchmarks.agents.transcripts import Counts, Folder, Transcript, count
from scenario_mcp.sandbox.catalogue import Catalogue
from tests.benchmarks.agents.scripted import RightWay, session_in_process

TASKS = [case for case in cases().values() if isinstance(case, Task)]
REQUESTS = [case for case in cases().values() if isinstance(case, SingleRequest)]
MEANT = """
    days, months, sizes, sizes in bytes, ratios, tags, nsfw, collections by name, models by name, models by capability,
    likeness, unlike, meaning, words, filters on text, numbers, kinds, privacy, authors, paging, sorting, counting,
    facts, comparing, public library, text assets, audio, video, 3D, empty results, mistakes, looking, other languages
"""


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Transcript]:
    """Each task's transcript when a model goes the right way."""

    async def run(folder: Path) -> dict[str, Transcript]:
        async with session_in_process() as session:
            return {ended.case: ended async for ended in run_cases(TASKS, session, RightWay(TASKS), Folder(folder))}

    return asyncio.run(run(tmp_path_factory.mktemp("transcripts")))


def test_there_are_enough_of_both_and_of_every_kind() -> None:
    assert len(TASKS) >= 24
    assert len(REQUESTS) >= 40
    tried = {about for case in cases().values() for about in case.about}
    assert sorted(set(re.split(r",\s+", MEANT.strip())) - tried) == []


def test_the_right_way_of_every_task_ends_with_a_right_answer(transcripts: dict[str, Transcript]) -> None:
    assert {case: ended.verdict for case, ended in transcripts.items() if ended.verdict} == {}
    assert len(transcripts) == len(TASKS)


def test_the_right_way_of_every_task_makes_no_wrong_turn(transcripts: dict[str, Transcript]) -> None:
    for task in TASKS:
        counts = count(task, transcripts[task.id].turns)
        straight = Counts(calls=len(task.calls), written=counts.written, read=counts.read)
        assert counts == straight, task.id


def test_the_right_way_of_every_task_shows_each_fact_that_need_not_be_counted(
    transcripts: dict[str, Transcript],
) -> None:
    for task in TASKS:
        read = "\n".join(turn["result"] for turn in transcripts[task.id].turns).replace(r"\"", '"')
        unseen = [each for fact in task.facts for each in _stated(fact) if not any(form in read for form in each)]
        assert unseen == [], task.id


def _stated(fact: Fact) -> Iterator[list[str]]:
    """Yield what stands in the results word by word, each with its other forms."""
    match fact.kind:
        case "ids" | "texts":
            yield from map(_forms, fact.right)
        case "id" | "text" | "day":
            yield _forms(fact.right)
        case "table":
            yield from map(_forms, fact.right)
            if not fact.means.endswith("have it"):  # a count
                yield from map(_forms, fact.right.values())


def _forms(right: Any) -> list[str]:
    return [str(each) for each in (right if isinstance(right, list | tuple) else [right])]


def test_the_tasks_need_few_calls() -> None:
    assert sum(len(task.calls) for task in TASKS) / len(TASKS) <= 1.7


def test_every_right_answer_spoilt_in_one_field_is_judged_wrong() -> None:
    for task in TASKS:
        for fact in task.facts:
            for spoilt in _spoilt(fact):
                wrong = [each.complaint({**task.answer, fact.name: spoilt}) for each in task.facts]
                assert [each is not None for each in wrong] == [each is fact for each in task.facts], (task.id, spoilt)


def _spoilt(fact: Fact) -> list[Any]:
    right: Any = fact.right
    match fact.kind:
        case "ids":
            return [[*right, "asset_another"], *([right[:-1]] if right else [])]
        case "texts":
            return [[each[0] if isinstance(each, tuple) else each for each in right[1:]], ["something else"]]
        case "table":
            return [dict(list(right.items())[1:]), dict.fromkeys(right, "1999-09-09")]
        case "some":
            return [[], ["asset_another"] * fact.count, right[: fact.count - 1]]
        case "number":
            return [right * 1.05 + 1, right - 1 - right * 0.05, "many"]
        case "day":
            return ["1999-09-09", "a day"]
        case "yes":
            return ["no" if right == "yes" else "yes", "perhaps"]
        case _:
            return ["something-else", ""]


async def test_every_right_call_of_a_single_request_is_judged_right_and_every_miss_wrong() -> None:
    judged: dict[str, list[str | None]] = {}
    async with session_in_process() as session:
        for request in REQUESTS:
            for call in [*request.calls, *request.misses]:
                result = await session.call(call["tool"], call["arguments"])
                judged.setdefault(request.id, []).append(request.expectation.complaint(call["arguments"], result))
    right = {each.id: judged[each.id][: len(each.calls)] for each in REQUESTS}
    missed = {each.id: judged[each.id][len(each.calls) :] for each in REQUESTS}
    assert {name: each for name, each in right.items() if any(each)} == {}
    assert [name for name, each in missed.items() if not each or {None, "the call was refused"} & set(each)] == []


async def test_cases_about_days_stay_right_when_the_samples_move_to_other_days(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    moved = Catalogue.load()
    moved.assets = {key: {**each, **_moved(each, 41)} for key, each in moved.assets.items()}
    monkeypatch.setattr(Catalogue, "load", lambda: moved)
    dated = [each for each in read_cases(Samples()) if {"days", "months"} & set(each.about)]
    assert sum(each.asks != cases()[each.id].asks for each in dated) >= 8
    async with session_in_process() as session:
        ended = [each async for each in run_cases(dated, session, RightWay(dated), Folder(tmp_path))]
    assert {each.case: each.verdict for each in ended if each.verdict} == {}
    assert len(ended) >= 10


def _moved(document: Mapping[str, Any], days: int) -> dict[str, str]:
    return {
        field: f"{date.fromisoformat(document[field][:10]) + timedelta(days)}{document[field][10:]}"
        for field in ("createdAt", "updatedAt")
    }


def test_cases_are_chosen_by_id_or_all_of_a_kind_each_once() -> None:
    assert [case.id for case in chosen("inkwell, one-day,inkwell")] == ["inkwell", "one-day"]
    assert chosen("tasks") == TASKS
    assert chosen("all") == [*TASKS, *REQUESTS]


def test_a_case_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(LookupError, match=r"There is no case 'inkwel'\. The cases are sprint-review, "):
        chosen("inkwel")
