"""Composition root: builds the parts of one server process from its settings, and opens and closes them."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from scenario_mcp.http_server.app import App
from scenario_mcp.http_server.auth import oauth
from scenario_mcp.http_server.auth.authenticator import AccessTokens, Authenticator, CallerKeys, Hasher
from scenario_mcp.http_server.backends import Backends
from scenario_mcp.http_server.limits.quotas import QuotaCache
from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.http_server.limits.search_cache import SearchCache
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import Metrics
from scenario_mcp.net.connections import Network
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Settings


@asynccontextmanager
async def open_app(settings: Settings, http: HttpSettings) -> AsyncIterator[App]:
    """Put the parts of one process together."""
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(RedisLink(http.redis_url)) if http.redis_url else None
        metrics = Metrics(lambda: shared.state if shared else "off")

        def note_search(source: str) -> None:
            metrics.record_search(source)
            tracing.record_search(source)

        hasher = Hasher(hmac.digest(http.hash_key, account_namespace(settings), "sha256"))
        authenticator, documents = await _open_authenticator(settings, http, hasher, stack)
        quotas = QuotaCache(shared)
        backends = await stack.enter_async_context(
            Backends(
                settings,
                RateLimiter(
                    http.calls_per_minute, http.concurrent_calls_per_caller, http.concurrent_calls, quotas, shared
                ),
                SearchCache(http.search_cache_seconds, shared, on_search=note_search),
                quotas,
                metrics,
                at_once=http.concurrent_calls,
            )
        )
        server = build_server(settings)
        # The SDK's own tracing, the only one there is, takes names as callers send them.
        server.middleware[:] = [tracing.trace_request] if tracing.is_enabled() else []
        yield App(
            server,
            http,
            authenticator=authenticator,
            backends=backends,
            metrics=metrics,
            hasher=hasher,
            redis_state=lambda: shared.state if shared else "off",
            documents=documents,
        )


async def _open_authenticator(
    settings: Settings, http: HttpSettings, hasher: Hasher, stack: AsyncExitStack
) -> tuple[Authenticator, dict[str, dict[str, Any]]]:
    """Return what tells who asks, and the documents by path that tell clients how to."""
    if http.auth == "caller-key":
        return CallerKeys(settings, hasher), {}
    if http.auth == "access-tokens":
        return AccessTokens(settings.credentials, hasher, http.access_tokens), {}
    client = await stack.enter_async_context(Network(settings.ca_bundle).client([http.oauth_issuer]))
    authenticator = oauth.OAuth(
        client,
        settings.credentials,
        hasher,
        issuer=http.oauth_issuer,
        public_url=http.public_url,
        scopes=http.oauth_scopes,
    )
    stack.push_async_callback(authenticator.aclose)
    document = oauth.resource_metadata(http.public_url, http.oauth_issuer, http.oauth_scopes)
    return authenticator, dict.fromkeys(oauth.metadata_paths(http.public_url), document)


def account_namespace(settings: Settings) -> bytes:
    """Return what sets apart the names of callers of servers that share a Redis but not an account.

    What was found with one key at one address, or in one project, is not shown by a server with another.
    """
    own = settings.credentials
    account = (repr(settings.upstream), own.api_key, own.jwt, own.project_id)
    return json.dumps(account).encode()
