"""The run of `benchmarks.chaos` comes again with its seed, and its judge finds what is planted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.chaos.callers import Answer
from benchmarks.chaos.judge import Evidence, Judge, Reception, log_findings
from benchmarks.chaos.plan import GATES, REPLICAS, Call, make_plan, make_steps
from benchmarks.chaos.programs import Disturbance
from benchmarks.chaos.upstream import SECRET, marks

CALL = Call(3, "anna", "search", "owl 1 3", 2, is_modern=False, faults=())
RIGHT = Reception("anna", "owl 1 3", 2, "", 10.0, 10.1, is_whole=True)
FAILED = RIGHT._replace(fault="503")


def test_a_seed_gives_the_same_calls_and_disturbances_and_another_one_others() -> None:
    plan = make_plan(4, 900)
    assert plan == make_plan(4, 900)
    assert plan.digest == make_plan(4, 900).digest != make_plan(5, 900).digest
    assert [call.number for call in plan.calls] == [*range(900)]
    assert [step.at for step in plan.steps] == sorted(step.at for step in plan.steps)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_disturbed_is_put_in_order_again(seed: int) -> None:
    states = {"kill": "away", "end": "away", "start": "", "pause": "paused", "go on": ""}
    state = dict.fromkeys((*REPLICAS, *GATES, "redis", "nginx", "upstream", "issuer"), "")
    for step in make_steps(seed, 20_000):
        assert not (state[step.target] and state[step.target] == states.get(step.action))
        state[step.target] = states.get(step.action, step.argument)
    assert set(state.values()) == {""}


def _hit(asset_id: str) -> dict[str, Any]:
    return {"id": asset_id, "name": f"{asset_id[-8:]} of anna"}


def _answer(hits: Sequence[Any] = (), *, number: int = 3, status: int = 200, error: str = "") -> Answer:
    text = error or json.dumps({"hits": hits}, separators=(",", ":"))
    result = {"content": [{"type": "text", "text": text}], "isError": bool(error), "structuredContent": {"hits": hits}}
    body = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}, separators=(",", ":")).encode()
    return Answer(CALL, 9.9, 10.2, status, body)


def _findings(
    *answers: Answer, receptions: Sequence[Reception] = (RIGHT,), disturbances: Sequence[Disturbance] = ()
) -> list[str]:
    judge = Judge(Evidence([(CALL, 9.9)], answers, receptions, disturbances, calls_per_minute=100))
    return [finding.partition(": ")[2] or finding for finding in judge.findings()]


GOOD = _answer([_hit(each) for each in marks("anna", "owl 1 3", 2)])
DOWN = "Scenario has a problem of its own (503). Try again in a minute."
LIMIT = "You have made 100 calls within a minute, as many as this server allows. Wait 9 seconds, then try again."


def test_what_is_right_is_not_found() -> None:
    assert _findings(GOOD) == []
    assert _findings(GOOD, receptions=[FAILED, FAILED, RIGHT]) == []
    assert _findings(_answer(error=DOWN), receptions=[FAILED] * 3) == []
    late, clock = RIGHT._replace(fault="429-late"), Disturbance("replica-1", "set clock", 5.0, 20.0)
    assert _findings(GOOD, receptions=[late, RIGHT], disturbances=[clock]) == []
    killed = Disturbance("replica-1", "kill", 10.0, 10.05)
    assert _findings(GOOD, receptions=[RIGHT, RIGHT], disturbances=[killed]) == []


def test_nginx_may_give_up_a_replica_that_hangs_and_no_other() -> None:
    late = replace(_answer(status=504, error="No server answers now. Try again in 5 seconds."), end=60.0)
    assert _findings(late, disturbances=[Disturbance("replica-1", "pause", 10.0, 58.0)]) == []
    assert len(_findings(late, disturbances=[Disturbance("replica-1", "kill", 10.0, 58.0)])) == 1


@pytest.mark.parametrize(
    ("answers", "finding"),
    [
        ([], "[3]"),
        ([GOOD, GOOD], "[3]"),
        ([_answer([_hit(each) for each in marks("bert", "owl 1 3", 2)])], "has the hits of another search"),
        ([_answer([_hit(each) for each in marks("anna", "owl 1 4", 2)])], "has the hits of another search"),
        ([_answer([], number=4)], "is the answer to another call"),
        ([_answer(error=DOWN)], "has an error without a cause"),
        ([_answer(error="Something went wrong.")], "has an error that nobody knows"),
        ([_answer(error=f"Wrong secret: {SECRET.format('bert')}")], "holds 'hidden-secret-of-bert'"),
        ([_answer(error='File "/srv/x.py", line 1')], "holds '/srv/'"),
        ([_answer(error=LIMIT)], "was refused below the limit"),
        ([_answer(status=502)], "HTTP 502"),
    ],
)
def test_a_wrong_answer_is_found(answers: Sequence[Answer], finding: str) -> None:
    (found,) = _findings(*answers)
    assert found.startswith(finding)


@pytest.mark.parametrize(
    ("receptions", "finding"),
    [
        ([RIGHT, RIGHT], "was answered for good 2 times for 1 calls"),
        ([FAILED._replace(fault="400"), RIGHT], "was answered for good 2 times for 1 calls"),
        ([FAILED] * 4, "was sent 4 times for 1 calls"),
    ],
)
def test_a_search_that_is_sent_too_often_is_found(receptions: Sequence[Reception], finding: str) -> None:
    judge = Judge(Evidence([(CALL, 9.9)], [GOOD], receptions, (), calls_per_minute=100))
    (found,) = judge.findings()
    assert finding in found


STRANGER = Call(3, "mona", "stranger", "stranger 1 3", 1, is_modern=False, faults=("another key",))


def _refused(sentence: str, *, call: Call, disturbances: Sequence[Disturbance] = ()) -> list[str]:
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": sentence}}).encode()
    status = 503 if "reached" in sentence else 401
    evidence = Evidence([(call, 9.9)], [Answer(call, 9.9, 10.2, status, body)], (), disturbances, calls_per_minute=100)
    return [*Judge(evidence).findings()]


def test_a_stranger_who_is_let_in_is_found() -> None:
    assert _refused("The access token cannot be verified.", call=STRANGER) == []
    let_in = replace(GOOD, call=STRANGER)
    (found,) = Judge(Evidence([(STRANGER, 9.9)], [let_in], (), (), calls_per_minute=100)).findings()
    assert found.endswith("a stranger was let in, by a token with another key")


@pytest.mark.parametrize(
    ("sentence", "cause"),
    [
        ("The access token is signed with a key that its issuer does not publish.", "rotate"),
        ("The access token is not valid yet.", "set clock"),
        ("This server's OAuth issuer cannot be reached, so access tokens cannot be checked.", "kill"),
    ],
)
def test_a_token_is_refused_for_a_cause_alone(sentence: str, cause: str) -> None:
    member = replace(STRANGER, kind="search", faults=())
    (found,) = _refused(sentence, call=member)
    assert "was refused without a cause" in found
    assert _refused(sentence, call=member, disturbances=[Disturbance("issuer", cause, 5.0, 8.0)]) == []


def test_a_limit_that_does_not_hold_is_found() -> None:
    calls = [(CALL, 9.9)] * 3
    judge = Judge(Evidence(calls, [GOOD] * 3, [RIGHT], (), calls_per_minute=2))
    assert "anna was admitted 3 times within a minute, by 1 x 2 allowed" in [*judge.findings()]


def test_a_secret_or_a_trace_in_the_log_is_found() -> None:
    found = [*log_findings(["all is well", f"key {SECRET.format('cleo')}", "Traceback (most recent call last):"])]
    assert [each.partition(":")[0] for each in found] == [
        "a replica has logged 'hidden-secret-of-cleo'",
        "a replica has logged 'Traceback'",
    ]
