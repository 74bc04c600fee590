"""What is told of an account: faults of a sandbox on a port and of an odd upstream, and the next step of each."""

import re
from dataclasses import replace

import pytest

from scenario_mcp.credentials import Credentials
from scenario_mcp.doctor.account import Account, examine_account
from scenario_mcp.settings import Live, Settings
from tests.support.doctor import SHELL, lines, sandbox_on_a_port, troubles
from tests.support.faulty_upstream import Exchange, Upstream, answer

pytestmark = pytest.mark.usefixtures("no_proxies")

MEND = "export SCENARIO_SDK_API_KEY=KEY"
KEY = Credentials("sandbox", "sandbox")
HIT = {"id": "asset_1", "url": "https://cdn.example.org/assets/asset_1?Policy=p&Signature=s", "mimeType": "image/png"}


def _account(base_url: str, credentials: Credentials = KEY) -> Account:
    settings = Settings(credentials, Live(base_url), cdn_hosts=("127.0.0.1",), timeout_seconds=30)
    return Account(settings, "the environment", MEND)


async def test_an_account_that_works_is_told_with_its_project_rights_and_pictures() -> None:
    async with sandbox_on_a_port() as base_url:
        found = lines(await examine_account(_account(base_url), SHELL))
    assert [re.sub(r"\d+ ms|\d\.\d s", "N", each) for each in found] == [
        "✓ Scenario accepts the credentials of the environment: the key's own project answers in N",
        "✓ The key may search assets, and list tags and collections",
        "✓ The picture host 127.0.0.1 gave a picture in N",
    ]


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (
            "401",
            (
                "✗ Scenario did not accept the credentials of the environment (401) "
                f"→ Copy the key and its secret from Scenario again: {MEND}"
            ),
        ),
        (
            "403",
            (
                '✗ Scenario accepts the key but does not allow this (403): "The API key has no access to this '
                f'resource" '
                f"→ Give the key the scope to search assets, or take another one: {MEND}"
            ),
        ),
        ("429", "! Scenario's rate limit is reached (429). → Wait 2 seconds, then try again."),
        (
            "quota",
            (
                "✗ The plan's quota for searches is used up (429). → Waiting a little does not help: it renews with "
                "the "
                "billing period, or a larger plan raises it."
            ),
        ),
        ("503", "✗ Scenario has a problem of its own (503). → Try again in a minute."),
        ("html", "✗ Scenario has a problem of its own (502). → Try again in a minute."),
        (
            "empty",
            "✗ The answer does not come from Scenario's API. → Try again in a minute. Check SCENARIO_BASE_URL.",
        ),
    ],
)
async def test_each_fault_of_the_api_is_one_line_with_its_next_step(fault: str, line: str) -> None:
    async with sandbox_on_a_port(fault) as base_url:
        assert lines(await examine_account(_account(base_url), SHELL)) == [line]


async def test_a_key_and_secret_that_are_wrong_are_told() -> None:
    async with sandbox_on_a_port() as base_url:
        wrong = _account(base_url, Credentials("sandbox", "9fT2vXsecret"))
        assert lines(await examine_account(wrong, SHELL)) == [
            (
                "✗ Scenario did not accept the credentials of the environment (401) "
                f"→ Copy the key and its secret from Scenario again: {MEND}"
            )
        ]


async def _only_without_project(exchange: Exchange) -> None:
    refused = "projectId" in exchange.received.line
    await answer({"reason": "no"} if refused else {"hits": []}, 403 if refused else 200)(exchange)


async def test_the_project_of_another_key_is_told() -> None:
    async with Upstream(_only_without_project) as upstream:
        account = _account(upstream.base_url, replace(KEY, project_id="proj_other"))
        assert lines(await examine_account(account, SHELL)) == [
            (
                "✗ The key may not search the project of SCENARIO_PROJECT_ID (403), but it may search its own "
                "→ Take a key of that project, or leave it out: unset SCENARIO_PROJECT_ID"
            )
        ]


async def test_a_key_without_the_scope_to_list_is_told() -> None:
    async def refuse_lists(exchange: Exchange) -> None:
        is_search = "/search/" in exchange.received.line
        await answer({"hits": [HIT]} if is_search else {"reason": "scope"}, 200 if is_search else 403)(exchange)

    async with Upstream(refuse_lists) as upstream:
        found = troubles(await examine_account(_account(upstream.base_url), SHELL))
    assert found == [
        (
            "! The key may search, but not list tags and collections "
            "→ Names in filters are then not looked up: give the key the scope to read them"
        ),
        (
            "✗ Pictures lie on cdn.example.org, which is not among SCENARIO_CDN_HOSTS "
            "→ export SCENARIO_CDN_HOSTS=127.0.0.1,cdn.example.org"
        ),
    ]


async def test_an_empty_project_and_a_picture_host_that_is_down_are_told() -> None:
    async def nothing(exchange: Exchange) -> None:
        kinds: dict[str, list[str]] = {"tags": [], "collections": [], "hits": []}
        await answer(kinds)(exchange)

    async with Upstream(nothing) as upstream:
        account = _account(upstream.base_url)
        account = replace(account, settings=replace(account.settings, cdn_hosts=("127.0.0.1:9",)))
        assert troubles(await examine_account(account, SHELL)) == [
            (
                "! The project has no asset that these credentials may see → Ask for public ones (public true), or for "
                "another project: export SCENARIO_PROJECT_ID=PROJECT"
            ),
            (
                "✗ The picture host could not be reached at 127.0.0.1:9. → Check the network, the proxy, and "
                "SCENARIO_CDN_HOSTS."
            ),
        ]


async def test_a_picture_that_the_host_refuses_is_told() -> None:
    async with sandbox_on_a_port() as base_url:

        async def unsigned(exchange: Exchange) -> None:
            hit = {**HIT, "url": base_url.removesuffix("/v1") + "/cdn/assets/asset_1?Policy=p&Signature=s"}
            await answer({"hits": [hit], "tags": [], "collections": []})(exchange)

        async with Upstream(unsigned) as upstream:
            found = troubles(await examine_account(_account(upstream.base_url), SHELL))
    assert len(found) == 1
    assert found[0].startswith("✗ ")
    assert "Signature" not in found[0]
