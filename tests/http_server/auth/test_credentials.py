"""Credentials in headers are read as strictly as those in the settings, and refused in a sentence."""

import pytest
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.settings import Settings
from tests.http_server.auth.test_authenticator import HASHER, HOW, JWT, KEY, PAIR, SECRET, ask, basic, raw

NOT_PACKED = (
    "What follows Basic in the Authorization header is not the base64 form of key:secret. Encode your API key, a colon "
    "and its secret, as in printf '%s' 'key:secret' | base64 -w 0, or send the headers X-Scenario-Api-Key and "
    "X-Scenario-Api-Secret instead, which are not encoded."
)

NO_PROJECT = (
    "The header X-Scenario-Project-Id does not hold the id of a project: 1 to 64 letters, digits, hyphens or "
    "underscores. Copy it from the address of the project in Scenario, or leave the header out."
)

HALF = "The header {} was not. Send both: they are the two halves of one key."

ODD_CHARACTER = (
    "{} holds a character outside ASCII, perhaps a curly quote or an invisible one from pasting. Copy the value again, "
    "without quotes."
)

SPACE = "{} holds white space or a control character. Copy the value again."

QUOTED = "{} starts or ends with a quotation mark. Write the value without quotes."


async def problem(headers: dict[str, str] | Headers) -> str:
    """Return what the caller is told, who got no credentials and is known by the address alone."""
    caller = await ask(headers)
    stranger = await ask({})
    assert caller.key == stranger.key
    assert caller.credentials == stranger.credentials
    assert not caller.credentials.are_given
    assert (await ask(headers, is_own_machine=True)).problem == caller.problem  # not served by the server's own key
    return caller.problem


@pytest.mark.parametrize(
    "headers",
    [
        PAIR,
        {"Authorization": basic(f"{KEY}:{SECRET}")},
        {"authorization": basic(f"{KEY}:{SECRET}").replace("Basic ", "basic   ")},
        {**PAIR, "Authorization": "Bearer of-the-client-itself"},
        {**PAIR, "Authorization": "Negotiate whatever"},
    ],
)
@pytest.mark.parametrize("is_own_machine", [True, False])
async def test_a_key_is_taken_from_two_headers_before_authorization(
    headers: dict[str, str], *, is_own_machine: bool
) -> None:
    caller = await ask(headers, is_own_machine=is_own_machine)
    assert caller == Caller(
        HASHER.of("credentials", KEY, SECRET, "", ""),
        Credentials(KEY, SECRET, project_id="proj_server", holder="caller"),
        name=HASHER.of("api key", KEY)[:12],
    )


async def test_a_jwt_takes_the_place_of_the_server_s_own_key() -> None:
    assert await ask({"Authorization": f"Bearer {JWT}"}) == Caller(
        HASHER.of("credentials", "", "", JWT, ""),
        Credentials(jwt=JWT, project_id="proj_server", holder="caller"),
    )


async def test_a_key_takes_the_place_of_the_server_s_own_jwt() -> None:
    caller = await ask(PAIR, settings=Settings(Credentials(jwt="eyJ.server.own")))
    assert (caller.credentials.api_key, caller.credentials.jwt) == (KEY, "")


async def test_a_project_may_be_named_and_tells_callers_apart() -> None:
    named, unnamed = await ask({**PAIR, "X-Scenario-Project-Id": "proj_Own-1"}), await ask(PAIR)
    assert (named.credentials.project_id, unnamed.credentials.project_id) == ("proj_Own-1", "proj_server")
    assert named.key != unnamed.key


async def test_empty_headers_count_as_absent() -> None:
    blank = {"Authorization": " ", "X-Scenario-Api-Key": "", "X-Scenario-Api-Secret": " ", "X-Scenario-Project-Id": ""}
    assert await ask(blank) == await ask({})
    signed_in = await ask({"Authorization": f"Bearer {JWT}"})
    assert await ask({**blank, "Authorization": f"Bearer {JWT}"}) == signed_in
    assert await ask(raw(("Authorization", " "), ("Authorization", f"Bearer {JWT}"))) == signed_in


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (
            {"X-Scenario-Api-Key": KEY, "Authorization": basic(f"{KEY}:{SECRET}")},
            HALF.format("X-Scenario-Api-Key was sent but X-Scenario-Api-Secret"),
        ),
        (
            {"X-Scenario-Api-Secret": SECRET, "X-Scenario-Api-Key": ""},
            HALF.format("X-Scenario-Api-Secret was sent but X-Scenario-Api-Key"),
        ),
        (
            {**PAIR, "X-Scenario-Api-Key": "api_Z:k3"},
            "The API key in the two headers holds a colon, which no key has. Put what follows it into the secret.",
        ),
        ({**PAIR, "X-Scenario-Api-Key": "api\xa0Z"}, ODD_CHARACTER.format("The API key in the two headers")),
        ({**PAIR, "X-Scenario-Api-Secret": "s9 hush"}, SPACE.format("The API secret in the two headers")),
        ({**PAIR, "X-Scenario-Api-Secret": "s9\x7fhush"}, SPACE.format("The API secret in the two headers")),
        ({**PAIR, "X-Scenario-Api-Key": '"api_Z"'}, QUOTED.format("The API key in the two headers")),
        (
            {**PAIR, "X-Scenario-Api-Secret": "s" * 4_097},
            "The API secret in the two headers has more than 4096 characters. Copy the value again.",
        ),
        ({**PAIR, "X-Scenario-Project-Id": "../proj"}, NO_PROJECT),
        ({**PAIR, "X-Scenario-Project-Id": "p" * 65}, NO_PROJECT),
        ({"Authorization": "Basic"}, NOT_PACKED),
        ({"Authorization": f"Basic {KEY}:{SECRET}"}, NOT_PACKED),
        ({"Authorization": "Basic \xe9\xe9\xe9\xe9"}, NOT_PACKED),
        ({"Authorization": basic(f"{KEY}:{SECRET}").replace("Basic ", "Basic !")}, NOT_PACKED),
        ({"Authorization": basic(KEY)}, NOT_PACKED),
        ({"Authorization": basic(f"{KEY}:")}, NOT_PACKED),
        ({"Authorization": basic(f":{SECRET}")}, NOT_PACKED),
        ({"Authorization": basic(f"{KEY}:é")}, ODD_CHARACTER.format("The API secret in the Authorization header")),
        ({"Authorization": basic(f"{KEY}:s\n")}, SPACE.format("The API secret in the Authorization header")),
        ({"Authorization": basic(f"'{KEY}:s")}, QUOTED.format("The API key in the Authorization header")),
        ({"Authorization": "Bearer"}, "The Bearer token is empty. Check that your client fills it in."),
        ({"Authorization": "Bearer a b"}, SPACE.format("The Bearer token")),
        (
            {"Authorization": f"Bearer {'x' * 4_097}"},
            "The Bearer token has more than 4096 characters. Copy the value again.",
        ),
        (
            {"Authorization": f"ApiKey {KEY}:{SECRET}"},
            f"The Authorization header begins with neither Basic nor Bearer. {HOW}",
        ),
        ({"Authorization": KEY}, f"The Authorization header begins with neither Basic nor Bearer. {HOW}"),
    ],
)
async def test_what_cannot_be_used_is_explained_and_never_shown(headers: dict[str, str], sentence: str) -> None:
    said = await problem(headers)
    assert said == sentence
    assert not any(secret in said for secret in (KEY, SECRET, "s9", "api_Z"))


@pytest.mark.parametrize(
    "name", ["Authorization", "X-Scenario-Api-Key", "X-Scenario-Api-Secret", "X-Scenario-Project-Id"]
)
async def test_a_header_that_matters_may_not_stand_there_twice(name: str) -> None:
    given = [(each, value) for each, value in PAIR.items() if name != "Authorization"]
    assert await problem(raw(*given, (name, "one"), (name, "two"))) == (
        f"The request has more than one {name} header. Send one."
    )
