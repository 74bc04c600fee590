"""A browser for all tests, and a host page for each, which must end without stray requests, dialogs and mistakes."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.gallery.host import WAIT_MS, Host, Server, open_browser, open_host, open_server

expect.set_options(timeout=WAIT_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[Server]:
    async with open_server() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def host(browser: Browser, server: Server) -> AsyncIterator[Host]:
    async with open_host(browser, server) as host:
        yield host
        host.assert_clean()
