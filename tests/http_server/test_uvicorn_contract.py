"""Contract with uvicorn: what `service`, `shutdown` and `uvicorn_protocol` use of its inner parts.

An upgrade that changes it fails here. Then adapt that module, and move the bounds of `uvicorn` in pyproject.toml.
"""

import inspect
import signal
from typing import Any

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors.multiprocess import Multiprocess

ADVICE = "and has to follow. Then move uvicorn's bounds in pyproject.toml."


async def _app(_scope: Any, _receive: Any, _send: Any) -> None:
    """Answer nothing."""


def test_a_start_that_fails_ends_the_supervisor_by_the_same_exit_code() -> None:
    assert STARTUP_FAILURE == 3, f"service.py ends with uvicorn's STARTUP_FAILURE, {ADVICE}"


def test_signals_are_handled_from_before_the_app_starts_by_a_handler_that_can_be_called() -> None:
    server = uvicorn.Server(uvicorn.Config(_app))
    before = signal.getsignal(signal.SIGTERM)
    with server.capture_signals():
        handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    assert handlers == [server.handle_exit] * 2, f"shutdown.py passes signals on to Server.handle_exit, {ADVICE}"
    assert signal.getsignal(signal.SIGTERM) == before
    source = inspect.getsource(uvicorn.Server.serve)
    assert "capture_signals" in source, f"shutdown.py expects uvicorn's handlers before the lifespan, {ADVICE}"


def test_a_second_sigint_is_impatience() -> None:
    server = uvicorn.Server(uvicorn.Config(_app))
    server.handle_exit(signal.SIGINT, None)
    once = (server.should_exit, server.force_exit)
    server.handle_exit(signal.SIGINT, None)
    assert (once, server.force_exit) == ((True, False), True), (
        f"shutdown.py cuts calls off by a second SIGINT, {ADVICE}"
    )


@pytest.mark.parametrize("protocol", [HttpToolsProtocol, H11Protocol])
def test_a_connection_has_its_current_cycle_and_its_transport(protocol: Any) -> None:
    source = inspect.getsource(inspect.getmodule(protocol) or protocol)
    for used in ("self.cycle", "self.transport", "response_complete"):
        assert used in source, f"uvicorn_protocol.py reads {used}, {ADVICE}"
    for method in ("connection_made", "data_received", "connection_lost"):
        assert hasattr(protocol, method), f"uvicorn_protocol.py extends {method}, {ADVICE}"


def test_httptools_calls_back_for_headers_and_messages() -> None:
    for method in ("on_header", "on_headers_complete", "on_message_complete"):
        assert hasattr(HttpToolsProtocol, method), f"uvicorn_protocol.py extends {method}, {ADVICE}"


def test_the_supervisor_replaces_workers_in_one_method_and_has_their_processes() -> None:
    assert list(inspect.signature(Multiprocess.keep_subprocess_alive).parameters) == ["self"], (
        f"service.py extends Multiprocess.keep_subprocess_alive, {ADVICE}"
    )
    source = inspect.getsource(Multiprocess)
    assert "self.processes" in source, f"service.py reads the pid and exitcode of Multiprocess.processes, {ADVICE}"
