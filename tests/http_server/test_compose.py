"""The parts of one server, put together: what is kept apart, and by what."""

from dataclasses import replace

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.caller_names import account_namespace
from scenario_mcp.settings import Live, Sandbox
from tests.support.hosted import KEYLESS


def test_a_namespace_is_the_same_for_one_account_and_another_for_every_other() -> None:
    key = Credentials("api_own", "own-secret")
    own = replace(KEYLESS, credentials=key)
    others = [
        replace(own, upstream=Sandbox()),
        replace(own, upstream=Live("http://localhost")),
        replace(own, credentials=replace(key, api_key="api_other")),
        replace(own, credentials=replace(key, jwt="a.b.c")),
        replace(own, credentials=replace(key, project_id="p")),
        replace(own, credentials=replace(key, api_key="api_", project_id="own")),
    ]
    assert len({account_namespace(each) for each in (own, *others)}) == 1 + len(others)
    assert account_namespace(own) == account_namespace(replace(own, timeout_seconds=1, log_level="debug"))
    assert "own-secret" not in account_namespace(own).decode()
