"""Tokens of a certified OpenID provider are taken if they are for this server: run with `pytest -m compat`."""

import asyncio
import base64
import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import jwt
import pytest
import pytest_asyncio
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.authenticator import Caller, CallerRefused, Hasher
from scenario_mcp.http_server.auth.oauth import OAuth
from scenario_mcp.net.connections import Network

pytestmark = pytest.mark.compat

PUBLIC_URL = "https://mcp.example.com/mcp"
ELSEWHERE = "https://other.example.com/mcp"
SCOPE = "scenario:search"
HASHER = Hasher(b"k" * 32)
PROGRAM = ("build-farm", "only-for-tests-of-32-characters-")
VERIFIER = "v" * 43
SECONDS = 20


class Issuer(NamedTuple):
    """A provider that runs."""

    address: str
    http: httpx.AsyncClient

    async def token_for_a_program(self, resource: str, scope: str = SCOPE) -> str:
        form = {"grant_type": "client_credentials", "resource": resource, "scope": scope}
        answer = await self.http.post(f"{self.address}/token", data=form, auth=PROGRAM)
        return str(answer.raise_for_status().json()["access_token"])

    async def tokens_for_a_person(self, name: str, resource: str) -> dict[str, str]:
        """Sign in as a browser does: forms and cookies, then the code for the tokens."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        redirect_uri = "http://127.0.0.1/callback"
        query = {
            "client_id": "editor",
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": f"openid {SCOPE}",
            "resource": resource,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "nonce": "made-up",
        }
        forms = [{"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}]
        answer = await self.http.get(f"{self.address}/auth", params=query)
        for _ in range(20):
            here = urljoin(str(answer.url), answer.headers.get("location", ""))
            if here.startswith(redirect_uri):
                break
            if answer.is_redirect:
                answer = await self.http.get(here)
            else:
                answer = await self.http.post(here, data=forms.pop(0))
        else:
            pytest.fail("The provider never sent the browser back.")
        form = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(here).query)["code"][0],
            "redirect_uri": redirect_uri,
            "client_id": "editor",
            "code_verifier": VERIFIER,
            "resource": resource,
        }
        tokens: dict[str, str] = (await self.http.post(f"{self.address}/token", data=form)).raise_for_status().json()
        return tokens


@pytest_asyncio.fixture
async def issuer() -> AsyncIterator[Issuer]:
    folder = Path(__file__).parent
    node = shutil.which("node")
    assert node, "Node.js is not installed; tests/oauth/README.md says what is needed."
    assert (folder / "node_modules").is_dir(), "The provider is not installed: npm --prefix tests/oauth ci"
    process = await asyncio.create_subprocess_exec(
        node,
        str(folder / "provider.mjs"),
        PUBLIC_URL,
        ELSEWHERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # warnings that its memory and its forms are for development
    )
    assert process.stdin
    assert process.stdout
    try:
        line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as http:
            yield Issuer(json.loads(line)["issuer"], http)
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), SECONDS)


@pytest_asyncio.fixture
async def oauth(issuer: Issuer) -> AsyncIterator[OAuth]:
    async with Network().client([issuer.address]) as http:
        oauth = OAuth(
            http,
            Credentials("a", "b"),
            HASHER,
            issuer=issuer.address,
            public_url=PUBLIC_URL,
            scopes=(SCOPE,),
        )
        yield oauth
        await oauth.aclose()


async def ask(oauth: OAuth, token: str) -> Caller:
    headers = Headers({"Authorization": f"Bearer {token}"})
    return await oauth.authenticate(headers, address="192.0.2.7", is_own_machine=False)


async def refusal(oauth: OAuth, token: str) -> tuple[int, str]:
    with pytest.raises(CallerRefused) as refused:
        await ask(oauth, token)
    return refused.value.status, refused.value.message


async def test_a_program_s_token_is_taken(issuer: Issuer, oauth: OAuth) -> None:
    token = await issuer.token_for_a_program(PUBLIC_URL)
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    caller = await ask(oauth, token)
    assert caller.key == HASHER.of("oauth", issuer.address, "sub", "build-farm")
    assert caller.credentials == Credentials("a", "b", holder="operator")


async def test_a_person_s_token_is_taken_and_the_id_token_beside_it_is_not(issuer: Issuer, oauth: OAuth) -> None:
    tokens = await issuer.tokens_for_a_person("anna", PUBLIC_URL)
    assert (await ask(oauth, tokens["access_token"])).key == HASHER.of("oauth", issuer.address, "sub", "anna")
    assert await refusal(oauth, tokens["id_token"]) == (
        401,
        "The access token was made for another server. Sign in again with your client.",
    )


async def test_a_token_for_another_server_is_refused(issuer: Issuer, oauth: OAuth) -> None:
    assert await refusal(oauth, await issuer.token_for_a_program(ELSEWHERE)) == (
        401,
        "The access token was made for another server. Sign in again with your client.",
    )


async def test_a_token_without_the_scope_is_refused(issuer: Issuer, oauth: OAuth) -> None:
    assert await refusal(oauth, await issuer.token_for_a_program(PUBLIC_URL, scope="")) == (
        403,
        "The access token lacks the scope scenario:search. Sign in again and grant it.",
    )
