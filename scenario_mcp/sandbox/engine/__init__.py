"""The search engine: storage, filters, sorting and ranking of documents in one SQLite file, by Meilisearch's rules.

It imports `filters`, `api.requests` and modules without dependencies; it knows neither HTTP nor Starlette.
"""
