"""A web address is safe to send a secret to, or it is refused; this machine is known by its names."""

import pytest

from scenario_mcp.addresses import UrlRefused, checked_url, is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.0.3", True),
        ("::1", True),
        ("[::1]", True),
        ("128.0.0.1", False),
        ("::2", False),
        ("", False),
        ("localhost.", False),
        ("127.1", False),
        ("example.com", False),
    ],
)
def test_loopback_is_only_this_machine(host: str, expected: bool) -> None:  # noqa: FBT001  # the value is the point
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://A.example:8443/x/", "http://127.0.0.1:8000", "http://[::1]/"]
)
def test_a_safe_address_stays_as_it_was_written(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize("url", ["https://a.example/keys?kind=rsa", "https://a.example/#keys"])
def test_a_query_is_allowed_only_on_request(url: str) -> None:
    assert checked_url(url, allow_query=True) == url
    with pytest.raises(UrlRefused, match=r"^must hold the address alone, without credentials, query or fragment\.$"):
        checked_url(url)


@pytest.mark.parametrize("allow_query", [True, False])
def test_credentials_in_an_address_are_always_refused(*, allow_query: bool) -> None:
    with pytest.raises(UrlRefused, match=r"^must hold the address alone"):
        checked_url("https://user:word@a.example/keys", allow_query=allow_query)


@pytest.mark.parametrize(
    "url", ["https://a.ex\u00e4mple", 'https://a.example/"', "https://a.example/\\", "https://a.example/\x7f"]
)
def test_what_would_end_a_quoted_value_of_a_header_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused, match=r"^must be a web address that starts with https://\.$"):
        checked_url(url)
