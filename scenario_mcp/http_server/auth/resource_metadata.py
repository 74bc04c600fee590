"""The metadata of this server as a protected resource: where it is served, and what it says. Source: RFC 9728."""

from typing import Any
from urllib.parse import urlsplit

METADATA_PATH = "/.well-known/oauth-protected-resource"
RESOURCE_NAME = "Scenario search"


def spellings(public_url: str) -> tuple[str, str]:
    """Return how a token may name this server: with and without a slash behind, as clients may write either."""
    bare = _canonical(public_url).rstrip("/")
    return bare, f"{bare}/"


def _canonical(address: str) -> str:
    """Return an address as clients write it: in lower case up to its path."""
    url = urlsplit(address)
    return url._replace(scheme=url.scheme.lower(), netloc=url.netloc.lower()).geturl()


def metadata_paths(public_url: str) -> tuple[str, ...]:
    """Return the paths at which the metadata is to be served: that of the address, and the one without its path."""
    path = urlsplit(public_url).path
    return tuple(dict.fromkeys((METADATA_PATH + ("" if path == "/" else path), METADATA_PATH)))


def metadata_url(public_url: str) -> str:
    """Return where a client that is refused finds the metadata."""
    url = urlsplit(public_url)
    return f"{url.scheme}://{url.netloc}{metadata_paths(public_url)[0]}"


def metadata_documents(public_url: str, issuer: str, scopes: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Return the metadata by path: `resource` is the very address that a client was given, with a slash or without."""
    documents = dict.fromkeys(metadata_paths(public_url), resource_metadata(public_url, issuer, scopes))
    if urlsplit(public_url).path not in {"", "/"}:
        bare = public_url.rstrip("/")
        for each in (bare, f"{bare}/"):
            documents[metadata_paths(each)[0]] = resource_metadata(each, issuer, scopes)
    return documents


def resource_metadata(public_url: str, issuer: str, scopes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the metadata of this server as a protected resource, a JSON object. Source: RFC 9728."""
    return {
        "resource": _canonical(public_url),
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        **({"scopes_supported": list(scopes)} if scopes else {}),
        "resource_name": RESOURCE_NAME,
    }
