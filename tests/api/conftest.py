"""Fixtures of the tests of the client."""

from tests.support.upstream_client import every_way

__all__ = ["every_way"]
