"""Certificates that SSL_CERT_FILE or SSL_CERT_DIR names in place of the system's: whether it leads to any."""

import os
from collections.abc import Mapping

_PEM = b"-----BEGIN "


def named_certificates(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that counts and its value, as OpenSSL and httpx do; two empty texts if neither is set."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if value := environ.get(name, ""):
            return name, value
    return "", ""


def certificates_problem(environ: Mapping[str, str]) -> str:
    """Return why nobody can be trusted by these variables; nothing if somebody may be, as far as files look."""
    name, value = named_certificates(environ)
    if not name:
        return ""
    if name == "SSL_CERT_DIR":
        is_usable = any(os.path.isdir(each) for each in value.split(os.pathsep))  # noqa: PTH112  # which never raises
    else:
        try:
            with open(value, "rb") as file:  # noqa: PTH123  # which raises ValueError for a NUL, as it should
                is_usable = _PEM in file.read()
        except (OSError, ValueError):
            is_usable = False
    return "" if is_usable else no_certificates(name)


def no_certificates(name: str) -> str:
    """Say that a variable leads to no certificates."""
    return f"{name} does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."
