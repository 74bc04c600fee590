"""What happened in the programs, beside a failure of a test that used them."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.cluster.cluster import Cluster


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the ends of the logs to the report of a failure."""
    report = yield
    used: dict[str, Any] = getattr(item, "funcargs", {})
    cluster = used.get("cluster")
    if report.failed and isinstance(cluster, Cluster):
        report.sections.append(("programs", cluster.last_lines()))
    return report
