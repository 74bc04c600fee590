"""Callers are told apart by what their headers hold, and each is served by its own credentials or told what to send."""

import base64
import json
import re
from dataclasses import replace

import pytest
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import make_token, read_entries
from scenario_mcp.http_server.auth.authenticator import (
    CALLER_BYTES,
    AccessTokens,
    Caller,
    CallerKeys,
    CallerRefused,
    Hasher,
)
from scenario_mcp.settings import Sandbox, Settings

HASHER = Hasher(b"k" * 32)
OWN = Credentials("api_server", "s-server", project_id="proj_server")
SERVER = Settings(OWN, image_folders=("/srv/pictures",), timeout_seconds=12.0)
KEYLESS = Settings()
SANDBOX = Settings(upstream=Sandbox(), image_folders=("/srv/pictures",))
KEY, SECRET, JWT = "api_Zk3key", "s9-hush:Q", "eyJhbGci.eyJzdWIi.c2ln"
PAIR = {"X-Scenario-Api-Key": KEY, "X-Scenario-Api-Secret": SECRET}
HOW = (
    "Send your own Scenario API key with every request: in the headers X-Scenario-Api-Key and X-Scenario-Api-Secret, "
    "or as Authorization: Basic followed by the base64 form of key:secret; or a Scenario JWT as Authorization: Bearer. "
    "Headers are set where your client names this server."
)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def raw(*headers: tuple[str, str]) -> Headers:
    """Return headers of which one may stand there twice."""
    return Headers(raw=[(name.lower().encode(), value.encode("latin-1")) for name, value in headers])


async def ask(
    headers: dict[str, str] | Headers,
    *,
    settings: Settings = SERVER,
    address: str = "192.0.2.7",
    is_own_machine: bool = False,
) -> Caller:
    headers = headers if isinstance(headers, Headers) else Headers(headers)
    return await CallerKeys(settings, HASHER).authenticate(headers, address=address, is_own_machine=is_own_machine)


async def test_a_key_is_nothing_that_can_be_traced_back_or_guessed() -> None:
    keys = [
        (await ask(PAIR)).key,
        (await ask({"Authorization": f"Bearer {JWT}"})).key,
        (await ask({})).key,
        (await ask({}, address="192.0.2.8")).key,
        (await ask({}, is_own_machine=True)).key,
        (await ask(PAIR, settings=SANDBOX)).key,
    ]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)
    elsewhere = await CallerKeys(SERVER, Hasher(b"other")).authenticate(Headers(PAIR), address="", is_own_machine=False)
    assert elsewhere.key not in keys


@pytest.mark.promise(number=21)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a",), ("a", "")),
        (("1:a",), ("1", "a")),
        (("é",), ("Ã©",)),
        (("\ud800",), ("\ud801",)),
    ],
)
def test_a_hash_tells_where_a_part_ends(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert HASHER.of("kind", *one) != HASHER.of("kind", *other)
    assert HASHER.of("kind", *one) == Hasher(b"k" * 32).of("kind", *one)


async def test_without_credentials_a_stranger_is_told_what_to_send() -> None:
    assert await ask({"User-Agent": "x", "X-Scenario-Project-Id": "proj_Own-1"}) == Caller(
        HASHER.of("address", "192.0.2.7"),
        Credentials(project_id="proj_server", holder="caller"),
        f"This server has no Scenario credentials for you. {HOW}",
    )
    assert not (await ask({}, settings=Settings(Credentials(jwt="eyJ.server.own")))).credentials.are_given


async def test_on_one_s_own_machine_the_server_s_own_key_stands_in() -> None:
    own = await ask({}, is_own_machine=True)
    assert own == Caller(HASHER.of("own", ""), OWN, name="own")
    elsewhere = await ask({"X-Scenario-Project-Id": "proj_2"}, is_own_machine=True)
    assert elsewhere == Caller(HASHER.of("own", "proj_2"), replace(OWN, project_id="proj_2"), name="own")
    assert (await ask({}, settings=KEYLESS, is_own_machine=True)).problem.endswith(HOW)


async def test_in_the_sandbox_nobody_needs_credentials_and_callers_are_apart_all_the_same() -> None:
    keyless = Credentials(holder="caller")
    own = await ask({}, settings=SANDBOX, is_own_machine=True)
    stranger = await ask({}, settings=SANDBOX)
    assert own == Caller(HASHER.of("own", ""), SANDBOX.credentials, name="own")
    assert stranger == Caller(HASHER.of("address", "192.0.2.7"), keyless)
    known = [await ask({"Authorization": text}, settings=SANDBOX) for text in ("Bearer a", "Bearer b", "nonsense")]
    assert [(caller.credentials, caller.problem) for caller in known] == [(keyless, "")] * 3
    assert len({caller.key for caller in (own, stranger, *known)}) == 5
    assert await ask({"Authorization": "Bearer a"}, settings=SANDBOX, address="192.0.2.9") == known[0]


async def test_a_known_caller_is_the_same_object_and_only_so_many_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room_for_two = 2 * CALLER_BYTES + len("one" + "three")
    monkeypatch.setattr("scenario_mcp.http_server.auth.authenticator.REMEMBERED_BYTES", room_for_two)
    keys = CallerKeys(SERVER, HASHER)

    async def sent(jwt: str) -> Caller:
        headers = Headers({"Authorization": f"Bearer {jwt}"})
        return await keys.authenticate(headers, address="192.0.2.7", is_own_machine=False)

    first, second = await sent("one"), await sent("two")
    assert await sent("one") is first
    await sent("three")
    assert await sent("one") is first
    again = await sent("two")
    assert again == second
    assert again is not second


async def test_nothing_shows_a_caller_s_credentials() -> None:
    caller = await ask(PAIR)
    assert json.dumps(repr(caller)).find(KEY) == -1
    assert SECRET not in repr(caller)


async def tokens(headers: dict[str, str] | Headers, entries: str) -> Caller:
    authenticator = AccessTokens(OWN, HASHER, read_entries(entries))
    headers = headers if isinstance(headers, Headers) else Headers(headers)
    return await authenticator.authenticate(headers, address="192.0.2.7", is_own_machine=True)


async def test_an_access_token_lets_in_by_the_operator_s_key_under_its_name() -> None:
    (old, old_entry), (new, new_entry), (bens, bens_entry) = make_token("anna"), make_token("anna"), make_token("ben")
    entries = f"{old_entry},{bens_entry},{new_entry}"
    anna = Caller(
        HASHER.of("access token", "anna"),
        replace(OWN, holder="operator"),
        operator=HASHER.of("operator"),
        name="anna",
    )
    assert await tokens({"Authorization": f"Bearer {old}"}, entries) == anna
    assert await tokens({"Authorization": f"bearer {new}", "X-Scenario-Project-Id": "proj_9"}, entries) == anna
    assert await tokens({"Authorization": f"Bearer {bens}"}, entries) == anna._replace(
        key=HASHER.of("access token", "ben"), name="ben"
    )


ASKS_FOR_ONE = (
    "This server asks for an access token. Send it in the header Authorization: Bearer TOKEN. The server's operator "
    "can make you one."
)
NO_TOKEN = (
    401,
    ASKS_FOR_ONE,
    (("WWW-Authenticate", 'Bearer realm="scenario-mcp"'),),
)
WRONG_TOKEN = (("WWW-Authenticate", 'Bearer realm="scenario-mcp", error="invalid_token"'),)
UNKNOWN_TOKEN = (
    401,
    "This server does not know the access token; it may have been withdrawn. Ask the server's operator for another.",
    WRONG_TOKEN,
)


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        (Headers(), NO_TOKEN),
        (Headers(PAIR), NO_TOKEN),
        (Headers({"Authorization": basic("a:b")}), NO_TOKEN),
        (Headers({"Authorization": f"Bearer {make_token('anna')[0]}"}), UNKNOWN_TOKEN),
        (Headers({"Authorization": f"Bearer {'0f' * 32}"}), UNKNOWN_TOKEN),
        (
            Headers({"Authorization": "Bearer smcp_\xe9"}),
            (401, "What follows Bearer in the Authorization header is not a token. Copy it again.", WRONG_TOKEN),
        ),
        (
            Headers({"Authorization": f"Bearer {'x' * 16_385}"}),
            (401, "The Bearer token has more than 16384 characters.", WRONG_TOKEN),
        ),
        (
            raw(("Authorization", "Bearer a"), ("Authorization", "Bearer b")),
            (401, "The request has more than one Authorization header. Send one.", WRONG_TOKEN),
        ),
    ],
)
async def test_without_an_access_token_of_ours_nobody_gets_in(headers: Headers, refusal: tuple[object, ...]) -> None:
    with pytest.raises(CallerRefused) as refused:
        await tokens(headers, f"anna:{'0f' * 32}")
    assert (refused.value.status, refused.value.message, refused.value.headers) == refusal
