"""An environment without proxies, in which every name leads to this machine."""

import pytest

from tests.net.conftest import names_lead_to_this_machine

__all__ = ["names_lead_to_this_machine"]


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the proxies of this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
