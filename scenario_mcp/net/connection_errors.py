"""Explains why there was no connection: the certificate, the proxy or the port."""

import ssl
from typing import NamedTuple

import httpx


class Explanation(NamedTuple):
    """Why there was no connection, and what only whoever set up this program or its network can do."""

    what: str
    for_operator: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.for_operator}".rstrip()


PROXY_DOWN = Explanation(
    "The connection to the proxy failed.",
    "Check its address in HTTPS_PROXY or ALL_PROXY (most are written http://host:port, without https), and that it is "
    "up.",
)
PROXY_WANTS_LOGIN = Explanation(
    "The proxy requires a user name and a password.",
    "Write them into HTTPS_PROXY or ALL_PROXY, as in http://user:password@proxy.example.com:8080, with special "
    "characters percent-encoded.",
)

# X509_V_ERR_* of OpenSSL, CERT_E_* of Windows, errSec* of macOS: truststore passes on what its system says.
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21, 0x800B0109, 0x800B010A, -67843})
_OTHER_NAME = frozenset({62, 64, 0x800B010F, -67602})
_NOT_VALID_NOW = frozenset({9, 10, 0x800B0101, -67818, -67819})
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_PROXY_AUTHENTICATION_REQUIRED = 407
_IN_PLACE = "whether a proxy or a sign-in page answers in its place."


class ProxyUnreachable(httpx.ProxyError):
    """The proxy itself could not be connected to."""


def explain(error: httpx.HTTPError, host: str) -> Explanation | None:
    """Say what certificate, proxy or port kept a request from `host`; None if it was nothing of these."""
    cause = system_error(error)
    if isinstance(error, ProxyUnreachable):
        # A proxy that speaks no TLS is a mistake in its address; one whose certificate is wrong is another matter.
        return _explain_tls(cause, "the proxy") if isinstance(cause, ssl.SSLCertVerificationError) else PROXY_DOWN
    if isinstance(error, httpx.ProxyError):
        return _explain_proxy(str(error), host)
    return (
        _explain_tls(cause, host) if isinstance(error, httpx.ConnectError) and isinstance(cause, ssl.SSLError) else None
    )


def _explain_tls(cause: ssl.SSLError, host: str) -> Explanation | None:
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return (
            Explanation(f"On this port, {host} does not speak TLS.", f"Check the address and its port, and {_IN_PLACE}")
            if cause.reason in _NOT_TLS
            else None
        )
    code = getattr(cause, "verify_code", 0)
    if code in _OTHER_NAME:
        return Explanation(
            f"The certificate of {host} is for another host name.", f"Check the address, and {_IN_PLACE}"
        )
    if code in _NOT_VALID_NOW:
        return Explanation(
            f"The certificate of {host} has expired or is not valid yet.",
            "Check the date and time of this machine; if they are right, the host has to renew it.",
        )
    reason = "unknown authority" if code in _UNKNOWN_AUTHORITY else f"code {code}"
    return Explanation(
        f"The certificate of {host} is not trusted ({reason}).",
        "If your network inspects traffic, set SCENARIO_MCP_CA_BUNDLE to its authority's PEM file.",
    )


def _explain_proxy(text: str, host: str) -> Explanation | None:
    """Explain a proxy's answer, of which httpx gives the status and the reason as one text."""
    status = text[:3]
    if not (status.isascii() and status.isdecimal()):
        return None
    if int(status) == _PROXY_AUTHENTICATION_REQUIRED:
        return PROXY_WANTS_LOGIN
    if status.startswith("5"):
        return Explanation(
            f"The proxy could not reach {host} ({status}). Try again.",
            "If it fails again, tell the proxy's operator.",
        )
    return Explanation(
        f"The proxy refused to connect to {host} ({status}).",
        "Ask its operator to allow this host, or name the host in NO_PROXY if it can be reached without a proxy.",
    )


def system_error(error: BaseException) -> OSError | None:
    """Return the error of the socket or of TLS that a chain of exceptions began with."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause
