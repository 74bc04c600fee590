"""An environment without proxies, in which every name leads to this machine."""

import pytest

from scenario_mcp.doctor import account, hosts, network
from tests.net.conftest import names_lead_to_this_machine

__all__ = ["names_lead_to_this_machine"]


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing count as slow on a busy machine."""
    monkeypatch.setattr(hosts, "SLOW_SECONDS", 1000)
    monkeypatch.setattr(network, "SLOW_SECONDS", 1000)
    monkeypatch.setattr(network, "ANSWER_SECONDS", 30.0)
    monkeypatch.setattr(account, "ANSWER_SECONDS", 30.0)


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the proxies of this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
