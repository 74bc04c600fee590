"""The live API of the tests of the server over HTTP."""

import httpx
import pytest

from tests.support.fakes import Network
from tests.support.hosted import stand_in


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Let the live API find nothing, and keep what it was asked."""
    network = Network(lambda _: httpx.Response(200, json={"hits": [], "total": 0}))
    stand_in(monkeypatch, network)
    return network
