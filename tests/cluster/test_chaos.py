"""A small run of `benchmarks.chaos`: everything that callers depend on is disturbed, and no answer is wrong."""

import pytest

from benchmarks.chaos.plan import make_plan
from benchmarks.chaos.run import SETTLE_SECONDS, run
from tests.cluster.cluster import needs_programs

SEED, CALLS, CONNECTIONS = 7, 600, 12


@pytest.mark.cluster
@pytest.mark.processes
@pytest.mark.timeout(400)
@needs_programs
def test_no_answer_is_wrong_lost_or_doubled_whatever_is_disturbed() -> None:
    plan = make_plan(SEED, CALLS)
    report = run(plan, connections=CONNECTIONS, is_forked=True)
    assert report.findings == ()
    assert report.settled_seconds < SETTLE_SECONDS
    assert report.outcomes["right"] > CALLS / 3
    assert sum(report.outcomes.values()) == sum(call.kind != "abandoned" for call in plan.calls)
