"""The TLS context of all connections: which certificates are trusted."""

import os
import ssl
import sys
from contextlib import suppress

import certifi

from scenario_mcp.certificates import certificates_problem, named_certificates, no_certificates
from scenario_mcp.errors import Unavailable

_SELF_VERIFYING = ("win32", "darwin")
"""Systems whose trusted certificates OpenSSL cannot read: there, the system verifies."""
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # BSD
)
"""For a Python whose own OpenSSL looks elsewhere."""


def tls_context(ca_bundle: str = "") -> ssl.SSLContext:
    """Return a context that verifies certificates and names, from TLS 1.2 on; making it takes some 20 ms.

    `ca_bundle` holds PEM certificates that are trusted in addition to the system's.

    Raises:
        Unavailable: SSL_CERT_FILE or SSL_CERT_DIR cannot be used.

    """
    context = _trusting_environment() or _trusting_system()
    # Some builds of Python, such as Debian's, leave this to the system's OpenSSL, whose own bound may be a higher one.
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    if ca_bundle:
        context.load_verify_locations(cadata=ca_bundle)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the authority given may be an intermediate one
    return context


def _trusting_environment() -> ssl.SSLContext | None:
    """Trust what SSL_CERT_FILE, else SSL_CERT_DIR, names and nothing else, as httpx and OpenSSL do."""
    name, path = named_certificates(os.environ)
    if not name:
        return None
    if problem := certificates_problem(os.environ):
        raise Unavailable(problem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if name == "SSL_CERT_FILE":
            context.load_verify_locations(cafile=path)
        else:
            context.load_verify_locations(capath=path)
    except (OSError, ValueError):
        raise Unavailable(no_certificates(name)) from None
    return context


def _trusting_system() -> ssl.SSLContext:
    if sys.platform in _SELF_VERIFYING:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Not ssl.create_default_context: from Python 3.13 it refuses the certificates of many inspecting proxies.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    if paths.capath:
        context.load_verify_locations(capath=paths.capath)
    for bundle in (paths.cafile, *_SYSTEM_BUNDLES, certifi.where()):  # certifi's where the system brings none
        with suppress(OSError):
            if bundle:
                context.load_verify_locations(cafile=bundle)
                break
    return context
