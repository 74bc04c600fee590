"""Addresses that no token names as its issuer are told with what to write."""

import pytest

from scenario_mcp.http_server.auth.issuer_addresses import issuer_problem

TENANT = "9f3e6c52-7d0b-4d53-a5d1-2f6a0c1b7e44"
NO_TENANT = "names no tenant as the tokens of Microsoft Entra ID do. Write https://"


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
        f"https://sts.windows.net/{TENANT}/",
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
        "https://studio.okta.com/oauth2/default",
        "https://studio.eu.auth0.com/",
        "https://login.example.com/realms/art",
        "https://auth.example.com/application/o/scenario/",
    ],
)
def test_an_issuer_is_none_of_them(address: str) -> None:
    assert issuer_problem(address) == ""


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        *((f"https://login.microsoftonline.com/{path}", NO_TENANT) for path in (
            "common/v2.0", "organizations/v2.0", "consumers/v2.0", "studio.onmicrosoft.com/v2.0", TENANT, f"{TENANT}/"
        )),
        *((f"https://sts.windows.net/{path}", NO_TENANT) for path in (TENANT, "common/", "")),
        ("https://accounts.google.com", "is Google's, whose access tokens only Google can check."),
        ("https://studio.auth.eu-west-1.amazoncognito.com", "is where people sign in to Amazon Cognito."),
        ("https://studio.okta.com", "is Okta's own server, whose access tokens only Okta can check."),
        (
            "https://login.example.com/realms/art/.well-known/openid-configuration",
            "holds the address of an issuer's metadata. Write what it names as its issuer, mostly https://login.e",
        ),
    ],
)  # fmt: skip
def test_what_no_token_names_is_told_with_what_to_write(address: str, problem: str) -> None:
    assert issuer_problem(address).startswith(problem)
