"""Limits per caller: rate limits and concurrency, the quota at Scenario, and the cache of searches.

Counts in this process and, if there is a Redis, over all replicas. Imports `shared_store`, `pictures`, `api` and `net`.
"""
