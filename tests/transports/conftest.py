"""One server process for all tests of a module that leave it running; its loop is the module's."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.raw_stdio import Server, started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Server]:
    async with started() as server:
        await server.shake_hands()
        yield server
