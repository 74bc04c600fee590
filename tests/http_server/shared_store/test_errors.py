"""A failure of Redis is told by its kind, never by its text."""

import socket
import ssl

import pytest
from redis import exceptions

from scenario_mcp.http_server.shared_store.errors import concerns_every_command, describe_failure

SECRET = "redis://:hunter2@redis.example"


def because(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "description"),
    [
        (exceptions.OutOfMemoryError(SECRET, status_code="OOM"), "it is out of memory"),
        (exceptions.AuthenticationError(SECRET, status_code="NOAUTH"), "it rejects the user name or password"),
        (exceptions.AuthenticationError(SECRET), "it rejects the user name or password"),
        (exceptions.ResponseError(f"NOREPLICAS {SECRET}"), "it has too few replicas and accepts no writes"),
        (exceptions.InvalidResponse(SECRET), "the server at this address is not Redis"),
        (exceptions.ConnectionError(SECRET), "it cannot be reached"),
        (OSError(SECRET), "it cannot be reached"),
        (ConnectionRefusedError(SECRET), "nothing listens on this port"),
        (because(exceptions.ConnectionError(SECRET), socket.gaierror(SECRET)), "its host name is not known"),
        (TimeoutError(SECRET), "it did not answer in time"),
        (because(exceptions.ConnectionError(SECRET), ssl.SSLError(SECRET)), "its TLS handshake failed"),
        (
            because(exceptions.ConnectionError(SECRET), ssl.SSLCertVerificationError(SECRET)),
            "its certificate is not trusted",
        ),
        (RuntimeError(SECRET), "it sent an unexpected answer (RuntimeError)"),
    ],
)
def test_a_failure_of_redis_is_described_without_its_text(error: Exception, description: str) -> None:
    assert describe_failure(error) == description
    assert concerns_every_command(error)


def test_tls_on_one_side_alone_is_guessed() -> None:
    reset = because(exceptions.ConnectionError(SECRET), ConnectionResetError(SECRET))
    assert describe_failure(reset) == (
        "it closes connections (if the port expects TLS, the address in SCENARIO_MCP_REDIS_URL must begin with rediss)"
    )
    assert describe_failure(reset, has_tls=True) == "it closes connections"
    assert describe_failure(TimeoutError(SECRET), has_tls=True) == (
        "it did not answer in time (if the port does not speak TLS, the address in SCENARIO_MCP_REDIS_URL must begin "
        "with redis)"
    )


@pytest.mark.parametrize("text", ["WRONGTYPE Operation against a key holding the wrong kind of value", "ERR syntax"])
def test_a_refused_command_says_nothing_about_others(text: str) -> None:
    assert not concerns_every_command(exceptions.ResponseError(text))
