"""The failures of Redis: which of them concern every command, and what to log about them."""

import socket
import ssl

_REASONS = {
    "BUSY": "it is busy running a script",
    "LOADING": "it is still loading its data",
    "MASTERDOWN": "it is a replica without its primary",
    "MISCONF": "it cannot save its data and accepts no writes",
    "MOVED": "it is part of a cluster, which is not supported",
    "NOAUTH": "it rejects the user name or password",
    "NOPERM": "its user lacks a permission",
    "NOREPLICAS": "it has too few replicas and accepts no writes",
    "OOM": "it is out of memory",
    "READONLY": "it is a read-only replica",
    "WRONGPASS": "it rejects the user name or password",
}
"""Error replies that every command may get, by their first word."""
_BY_CAUSE: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "its TLS handshake failed"),
    (socket.gaierror, "its host name is not known"),
    (ConnectionRefusedError, "nothing listens on this port"),
    (ConnectionResetError, "it closes connections"),
)
# Without the address form, which the log takes out.
_PERHAPS_TLS = " (if the port expects TLS, the address in SCENARIO_MCP_REDIS_URL must begin with rediss)"
_PERHAPS_PLAIN = " (if the port does not speak TLS, the address in SCENARIO_MCP_REDIS_URL must begin with redis)"


def concerns_every_command(error: Exception) -> bool:
    """Whether other commands would fail, too: a lost connection does, a wrong key type does not."""
    return "ResponseError" not in _class_names(error) or _code(error) in _REASONS


def describe_failure(error: Exception, *, has_tls: bool = False) -> str:
    """Return what is wrong, in our words: the error's own text may hold the address, or what a stranger has sent.

    `has_tls` says whether TLS was spoken to it: a port that expects the opposite is guessed.
    """
    if _code(error) in _REASONS:
        return _REASONS[_code(error)]
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    names = _class_names(error)
    for kind, reason in _BY_CAUSE:
        if any(isinstance(cause, kind) for cause in causes):
            return reason + (_PERHAPS_TLS if kind is ConnectionResetError and not has_tls else "")
    if isinstance(error, TimeoutError):
        return "it did not answer in time" + (_PERHAPS_PLAIN if has_tls else "")
    if "AuthenticationError" in names:
        return _REASONS["WRONGPASS"]
    if "InvalidResponse" in names or "ProtocolError" in names:
        return "the server at this address is not Redis"
    if "ConnectionError" in names or isinstance(error, OSError):
        return "it cannot be reached"
    return f"it sent an unexpected answer ({type(error).__name__})"


def _code(error: Exception) -> str:
    """Return the first word of an error reply, such as `OOM`."""
    return getattr(error, "status_code", None) or str(error).partition(" ")[0]


def _class_names(error: Exception) -> set[str]:
    """Return what the error is. By name, since the package `redis` is optional."""
    return {kind.__name__ for kind in type(error).__mro__}
