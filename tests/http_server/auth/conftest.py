"""Fixtures of several test files."""

from tests.support.oauth_issuer import door

__all__ = ["door"]
