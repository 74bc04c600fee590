"""Which pictures look alike, and which documents are near in meaning."""
