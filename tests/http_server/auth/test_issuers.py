"""Tokens in the forms of the issuers that studios have are taken where they are meant for this server, and only there.

Forms after the issuers' own documentation of their tokens' claims, as of 2026: Microsoft Entra ID ("Access token claims
reference"), Amazon Cognito ("Understanding the access token"), Okta ("Build a JWT: access token"), Auth0 ("Access token
profiles"), Keycloak ("Securing applications"), authentik ("OAuth2 provider").
"""

import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.oauth_issuer import (
    OPERATED,
    OTHER_RSA_KEY,
    PUBLIC_URL,
    RSA_KEY,
    Door,
    invalid,
    published,
    signed,
    whole,
)

GUID = "6b1c9d0e-2f4a-4d7b-9a51-0f3a8c7e5d21"
TENANT = "9f3e6c52-7d0b-4d53-a5d1-2f6a0c1b7e44"
COGNITO_CLIENT = "3n4b5urk1ft4fl3mg5e62d9ado"


class Case(NamedTuple):
    """An issuer with what it writes, and what the operator sets for it."""

    issuer: str
    settings: dict[str, Any]
    claims: dict[str, Any]
    header: dict[str, Any]


def _entra(version: str, **claims: Any) -> dict[str, Any]:
    return {"tid": TENANT, "ver": version, "oid": "a1b2", "aio": "Af2", "uti": "Qx", "rh": "0.A", **claims}


CASES = {
    "Entra ID 2.0, a person": Case(
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
        {"audiences": (GUID,), "scopes": (f"{GUID}/search",)},
        _entra("2.0", aud=GUID, azp="c0ffee", azpacr="1", scp="search user_impersonation", sub="AAAAu"),
        {"typ": "JWT"},
    ),
    "Entra ID 1.0, a person": Case(
        f"https://sts.windows.net/{TENANT}/",
        {"audiences": ("api://scenario-search",), "scopes": ("api://scenario-search/search",)},
        _entra("1.0", aud="api://scenario-search", appid="c0ffee", appidacr="1", scp="search", sub="AAAAu"),
        {"typ": "JWT", "x5t": "abc"},
    ),
    "Entra ID 2.0, a program": Case(
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
        {"audiences": (GUID,), "scopes": ("Search.All",)},
        _entra("2.0", aud=GUID, azp="c0ffee", roles=["Search.All"], sub="b7"),
        {"typ": "JWT"},
    ),
    "Cognito": Case(
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
        {"client_ids": (COGNITO_CLIENT,), "scopes": ("scenario/search",)},
        {
            "client_id": COGNITO_CLIENT,
            "token_use": "access",
            "scope": "openid scenario/search",
            "username": "anna",
            "sub": "0c7f",
            "event_id": "9d",
            "jti": "1f",
            "origin_jti": "2f",
            "auth_time": 1,
        },
        {"typ": None},
    ),
    "Okta": Case(
        "https://studio.okta.com/oauth2/aus1a2b3c",
        {"scopes": ("scenario:search",)},
        {
            "ver": 1,
            "jti": "AT.x",
            "aud": PUBLIC_URL,
            "cid": "0oa1",
            "uid": "00u1",
            "scp": ["openid", "scenario:search"],
            "sub": "anna@studio.example",
        },
        {"typ": None},
    ),
    "Auth0": Case(
        "https://studio.eu.auth0.com/",
        {"scopes": ("search", "read:assets")},
        {
            "aud": [PUBLIC_URL, "https://studio.eu.auth0.com/userinfo"],
            "azp": "my_client",
            "scope": "openid profile search",
            "permissions": ["read:assets"],
            "sub": "auth0|123",
        },
        {"typ": "JWT"},
    ),
    "Keycloak": Case(
        "https://login.studio.example/realms/art",
        {"scopes": ("search",)},
        {
            "aud": [PUBLIC_URL, "account"],
            "azp": "editor",
            "typ": "Bearer",
            "scope": "profile search",
            "sid": "s",
            "acr": "1",
            "realm_access": {"roles": ["offline_access"]},
            "sub": "f00d",
        },
        {"typ": "JWT"},
    ),
    "authentik": Case(
        "https://auth.studio.example/application/o/scenario/",
        {"audiences": ("W1dGcl1ent",)},
        {"aud": "W1dGcl1ent", "azp": "W1dGcl1ent", "uid": "u", "scope": "openid", "sub": "5e"},
        {"typ": "JWT"},
    ),
}


class _Issuer:
    """Publishes its metadata where OpenID Connect has it, and its keys, which can be exchanged."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key, self.key_id = RSA_KEY, "first"

    def answer(self, request: httpx.Request) -> httpx.Response:
        address = str(request.url)
        if address == f"{self.issuer.rstrip('/')}/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": "https://keys.example.com/k"})
        if address == "https://keys.example.com/k":
            return httpx.Response(200, json={"keys": [published(self.key, "RS256", kid=self.key_id, use="sig")]})
        return httpx.Response(404)

    def token(self, case: Case, **changes: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "iat": now, "nbf": now, "exp": now + 300, **case.claims, **changes}
        header = {"kid": self.key_id, **case.header}
        return signed({name: each for name, each in claims.items() if each is not None}, key=self.key, **header)


class Studio(NamedTuple):
    case: Case
    issuer: _Issuer
    door: Door

    def token(self, **changes: Any) -> str:
        return self.issuer.token(self.case, **changes)


@pytest.fixture(params=CASES)
async def studio(request: pytest.FixtureRequest) -> AsyncIterator[Studio]:
    case: Case = CASES[request.param]
    issuer, door = _Issuer(case.issuer), Door()
    async with httpx.AsyncClient(transport=httpx.MockTransport(issuer.answer)) as http:
        door.http = http
        door.oauth = door.open(issuer=case.issuer, **case.settings)
        yield Studio(case, issuer, door)
        await door.oauth.aclose()


async def test_a_token_in_the_issuer_s_own_form_is_taken(studio: Studio) -> None:
    caller = await studio.door.ask(studio.token())
    assert caller.credentials == OPERATED
    assert caller.key != (await studio.door.ask(studio.token(sub="somebody-else"))).key


@pytest.mark.promise(number=20)
async def test_a_token_for_another_server_or_client_is_not(studio: Studio) -> None:
    elsewhere = "The access token was made for another server."
    for audience in ("https://other.example.com/mcp", ["account"], GUID[::-1]):
        assert (await studio.door.refusal(studio.token(aud=audience))).message == message(elsewhere)
    without = await studio.door.refusal(studio.token(aud=None, client_id="other", azp=None, cid=None, appid=None))
    assert without.message == message(
        "The access token was made for another client."
        if studio.case.settings.get("client_ids")
        else "The access token lacks one of the claims iss, aud and exp."
    )


@pytest.mark.promise(number=20)
async def test_an_id_token_for_the_same_client_is_not(studio: Studio) -> None:
    kind = "The token is not an access token."
    untold = {"token_use": None, "typ": None, "uid": None}
    for mark in (
        {"nonce": "n", **untold},
        {"nonce": "n", "at_hash": "h"},
        {"at_hash": "h"},
        {"token_use": "id"},
        {"typ": "ID"},
        {"typ": "Refresh"},
    ):
        assert (await studio.door.refusal(studio.token(**mark))).message == message(kind)


@pytest.mark.promise(number=20)
async def test_an_id_token_of_entra_id_has_no_mark_but_what_it_lacks() -> None:
    case = CASES["Entra ID 2.0, a person"]
    issuer, door = _Issuer(case.issuer), Door()
    async with httpx.AsyncClient(transport=httpx.MockTransport(issuer.answer)) as http:
        door.http = http
        door.oauth = door.open(issuer=case.issuer, audiences=(GUID,))
        assert (await door.ask(issuer.token(case))).credentials == OPERATED
        id_token = issuer.token(case, azp=None, scp=None, name="Anna", preferred_username="anna@studio.example")
        assert (await door.refusal(id_token)).message == message("The token is not an access token.")
        await door.oauth.aclose()


@pytest.mark.parametrize("name", ["Keycloak", "authentik"])
async def test_an_access_token_may_hold_the_nonce_of_its_request(name: str) -> None:
    case = CASES[name]
    issuer, door = _Issuer(case.issuer), Door()
    async with httpx.AsyncClient(transport=httpx.MockTransport(issuer.answer)) as http:
        door.http = http
        door.oauth = door.open(issuer=case.issuer, **case.settings)
        assert (await door.ask(issuer.token(case, nonce="n"))).credentials == OPERATED
        await door.oauth.aclose()


async def test_the_operator_is_told_which_setting_a_signed_token_does_not_fit() -> None:
    door = Door()
    async with door.http:
        door.oauth = door.open(client_ids=("editor",))
        for changes, advice in (
            (
                {"aud": ["api://scenario", GUID]},
                (
                    f"Its audience is 'scenario (api)', '{GUID}': if that is this server, add it to "
                    "SCENARIO_MCP_OAUTH_AUDIENCES."
                ),
            ),
            (
                {"iss": f"https://sts.windows.net/{TENANT}/"},
                (
                    f"Its issuer is 'sts.windows.net/{TENANT}/ (https)', which is not SCENARIO_MCP_OAUTH_ISSUER: each "
                    "character counts."
                ),
            ),
            (
                {"aud": None, "client_id": COGNITO_CLIENT},
                (
                    f"It names no audience, but the client '{COGNITO_CLIENT}': if that is one of yours, add it to "
                    "SCENARIO_MCP_OAUTH_CLIENT_IDS."
                ),
            ),
            ({"exp": 1}, ""),
        ):
            claims = {name: value for name, value in {**_plain(), **changes}.items() if value is not None}
            refused = await door.refusal(signed(claims))
            assert refused.for_operator.replace('"', "'") == advice
            forged = await door.refusal(signed(claims, key=OTHER_RSA_KEY))
            assert forged.for_operator == ""
        await door.oauth.aclose()


async def test_a_token_without_what_is_required_is_not(studio: Studio) -> None:
    if not studio.case.settings.get("scopes"):
        return
    less = studio.token(scope="openid", scp=["openid"], roles=["Other.All"], permissions=[])
    assert (await studio.door.refusal(less)).status == 403


async def test_a_new_key_of_the_issuer_is_found_and_the_old_one_no_longer_counts(studio: Studio) -> None:
    old = studio.token()
    await studio.door.ask(old)
    studio.issuer.key, studio.issuer.key_id = OTHER_RSA_KEY, "second"
    studio.door.clock.now += 60
    assert (await studio.door.ask(studio.token())).credentials == OPERATED
    assert (await studio.door.refusal(old)).status == 401


async def test_clocks_may_differ_by_some_seconds(studio: Studio) -> None:
    now = int(time.time())
    assert (await studio.door.ask(studio.token(nbf=now + 20, iat=now + 20))).credentials == OPERATED
    assert (await studio.door.ask(studio.token(exp=now - 20))).credentials == OPERATED
    assert (await studio.door.refusal(studio.token(exp=now - 60))).status == 401


@pytest.mark.parametrize("use", [{}, [], 7, None, "access"])
async def test_odd_claims_of_use_do_no_harm(use: object) -> None:
    door = Door()
    async with door.http:
        token = signed({**_plain(), "token_use": use, "typ": use}, typ="JWT")
        assert (await door.ask(token)).credentials == OPERATED
        await door.oauth.aclose()


async def test_an_empty_list_of_audiences_is_no_token_without_one() -> None:
    door = Door()
    async with door.http:
        door.oauth = door.open(client_ids=("editor",))
        refused = await door.refusal(signed({**_plain(), "aud": [], "client_id": "editor"}))
        assert whole(refused) == invalid("The access token was made for another client.")
        await door.oauth.aclose()


def _plain() -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://login.example.com/realms/art",
        "aud": PUBLIC_URL,
        "sub": "anna",
        "iat": now,
        "exp": now + 300,
    }


def message(sentence: str) -> str:
    return f"{sentence} Sign in again with your client."
