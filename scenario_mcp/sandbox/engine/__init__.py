"""The search engine: documents in one SQLite file, found by Meilisearch's rules."""
