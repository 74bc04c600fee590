"""Composition root: builds the parts of one server process from its settings, and opens and closes them."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx

from scenario_mcp.http_server.app import Parts
from scenario_mcp.http_server.auth.authenticator import AccessTokens, Authenticator, CallerKeys, Hasher
from scenario_mcp.http_server.backends import Backends
from scenario_mcp.http_server.caller_names import make_hasher
from scenario_mcp.http_server.drain import Drain
from scenario_mcp.http_server.limits.quotas import QuotaCache
from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.http_server.limits.search_cache import SearchCache
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import Metrics
from scenario_mcp.net.connections import Network
from scenario_mcp.server.app import MIDDLEWARES, build_server, load_handlers
from scenario_mcp.settings import Settings


def compose(settings: Settings, http: HttpSettings) -> Parts:
    """Build the parts of one process; nothing is asked of the network yet.

    Raises:
        ScenarioError: a proxy or certificates that cannot be used.

    """
    redis = RedisLink(http.redis_url) if http.redis_url else None
    metrics = Metrics(lambda: redis.state if redis else "off")

    def note_search(source: str) -> None:
        metrics.record_search(source)
        tracing.record_search(source)

    hasher = make_hasher(settings, http)
    authenticator, documents, client = _authentication(settings, http, hasher)
    quotas = QuotaCache(redis)
    backends = Backends(
        settings,
        RateLimiter(http.calls_per_minute, http.concurrent_calls_per_caller, http.concurrent_calls, quotas, redis),
        # A folder of one's own is searched as it is now.
        SearchCache(0 if settings.upstream.is_folder else http.search_cache_seconds, redis, on_search=note_search),
        quotas,
        metrics,
        at_once=http.concurrent_calls,
    )
    load_handlers()  # at the start, since many callers would wait for the first one's imports
    server = build_server(settings)
    # The SDK's own tracing, its only middleware, takes names as callers send them.
    server.middleware[:] = [*([tracing.trace_request] if tracing.is_enabled() else ()), *MIDDLEWARES]
    return Parts(
        server,
        authenticator,
        backends,
        hasher,
        metrics,
        Drain(metrics),
        redis_state=lambda: redis.state if redis else "off",
        documents=documents,
        resources=(*([redis] if redis else []), *client, backends),
    )


def _authentication(
    settings: Settings, http: HttpSettings, hasher: Hasher
) -> tuple[Authenticator, Mapping[str, Mapping[str, Any]], tuple[AbstractAsyncContextManager[Any], ...]]:
    """Return what tells who asks, the documents that tell clients how to sign in, and what has to be closed."""
    if http.auth == "caller-key":
        return CallerKeys(settings, hasher), {}, ()
    if http.auth == "access-tokens":
        return AccessTokens(settings.credentials, hasher, http.access_tokens), {}, ()
    from scenario_mcp.http_server.auth import oauth, resource_metadata  # with cryptography, which takes some 8 MB

    # Its transport is made now: certificates that cannot be read end the start, not the first call.
    client = httpx.AsyncClient(transport=Network(settings.ca_bundle).transport(http.oauth_issuer), trust_env=False)
    authenticator = oauth.OAuth(
        client,
        settings.credentials,
        hasher,
        issuer=http.oauth_issuer,
        public_url=http.public_url,
        scopes=http.oauth_scopes,
        audiences=http.oauth_audiences,
        client_ids=http.oauth_client_ids,
    )
    documents = resource_metadata.metadata_documents(http.public_url, http.oauth_issuer, http.oauth_scopes)
    return authenticator, documents, (client, authenticator)
