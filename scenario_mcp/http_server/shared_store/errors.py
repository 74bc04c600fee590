"""What is wrong with a Redis that gives no proper answer, in our words."""

import ssl

_CLASSES = {
    "AuthenticationError": "WRONGPASS",
    "BusyLoadingError": "LOADING",
    "MasterDownError": "MASTERDOWN",
    "MovedError": "MOVED",
    "NoPermissionError": "NOPERM",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
}
"""What redis-py makes of some error replies, and which they were. Their names do: the package is optional."""
_REASONS = {
    "BUSY": "it is busy with somebody's script",
    "LOADING": "it is still loading its data",
    "MASTERDOWN": "it is a replica that has lost its primary",
    "MISCONF": "it cannot save its data and takes no writes",
    "MOVED": "it is part of a cluster, which is not supported",
    "NOPERM": "its user may not do all that is needed",
    "NOREPLICAS": "it has too few replicas and takes no writes",
    "OOM": "it is full",
    "READONLY": "it is a read-only replica",
    "WRONGPASS": "it wants another user name or password",
}
"""Error replies that every command may get, by their first word."""


def is_for_all(error: Exception) -> bool:
    """Whether an error reply says that other commands would fare no better."""
    return _word(error) in _REASONS


def reason(error: Exception) -> str:
    """Return what is in the way: the error's own text may hold the address, or what a stranger has sent."""
    word = _word(error)
    if word in _REASONS:
        return _REASONS[word]
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "its certificate is not trusted"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "it does not speak TLS as it should"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    names = {kind.__name__ for kind in type(error).__mro__}
    if "InvalidResponse" in names or "ProtocolError" in names:
        return "what answers there is not Redis"
    if "ConnectionError" in names or isinstance(error, OSError):
        return "it cannot be reached"
    return f"it answered with something unexpected ({type(error).__name__})"


def _word(error: Exception) -> str:
    return _CLASSES.get(type(error).__name__) or str(error).partition(" ")[0]
