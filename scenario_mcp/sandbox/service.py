"""The sandbox on a port of this machine, for any client of Scenario's API."""

import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import uvicorn

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_protocol import OnePieceProtocol
from scenario_mcp.listeners import listen, port_problem
from scenario_mcp.sandbox.app import API_KEY, API_SECRET, create_app
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.faults import FaultPlan
from scenario_mcp.sandbox.request_log import RequestLog, lines_to

DEFAULT_PORT = 8090
_HOST = "127.0.0.1"
"""This machine only: the key is public."""
_LARGEST_PORT = 65_535


def serve(  # noqa: PLR0913  # the options of the command
    *,
    port: int = DEFAULT_PORT,
    api_key: str = API_KEY,
    api_secret: str = API_SECRET,
    faults: FaultPlan | None = None,
    folders: Sequence[Path] = (),
    is_quiet: bool = False,
) -> None:
    """Serve folders, or the sample catalogue, until SIGINT or SIGTERM; port 0 takes a free one.

    Once the port is bound, the address and the settings that point a client at it are printed to stdout. Each request
    is a line on stderr unless `is_quiet`.

    Raises:
        SettingsRefused: the port or no folder can be used.

    """
    with (
        _bind(port) as listener,
        _signals_as_interrupts(),
        suppress(KeyboardInterrupt),
        _open_catalogue(folders) as catalogue,
        lines_to(sys.stderr) as write,
    ):
        app = create_app(catalogue, api_key=api_key, api_secret=api_secret, faults=faults)
        config = uvicorn.Config(
            app if is_quiet else RequestLog(app, write),
            http=OnePieceProtocol,
            lifespan="off",
            log_level="warning",
            access_log=False,
        )
        print(_introduction(listener, api_key, api_secret), flush=True)  # noqa: T201  # what the user started it for
        uvicorn.Server(config).run(sockets=[listener])


def _open_catalogue(folders: Sequence[Path]) -> AbstractContextManager[Catalogue]:
    if not folders:
        return nullcontext(Catalogue.load())
    from scenario_mcp.sandbox.own_catalogue.progress import open_folder

    return open_folder(folders)


def _bind(port: int) -> socket.socket:
    if not 0 <= port <= _LARGEST_PORT:
        raise SettingsRefused(f"There is no port {port}. Choose one from 1024 to {_LARGEST_PORT}, or 0 for a free one.")
    try:
        return listen(_HOST, port)
    except OSError as error:
        raise SettingsRefused(port_problem(_HOST, port, error)) from error


def _introduction(listener: socket.socket, api_key: str, api_secret: str) -> str:
    host, port = listener.getsockname()
    return "\n".join(
        [
            f"Sandbox of Scenario's API at http://{host}:{port}/v1 (Ctrl+C ends it). Point a client at it with:",
            f"SCENARIO_BASE_URL=http://{host}:{port}/v1",
            f"SCENARIO_SDK_API_KEY={api_key}",
            f"SCENARIO_SDK_API_SECRET={api_secret}",
            f"SCENARIO_CDN_HOSTS={host}",
        ]
    )


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Make SIGINT and SIGTERM raise KeyboardInterrupt: uvicorn raises them again when it has shut down."""
    previous = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
