"""The server over HTTP, for many callers."""
