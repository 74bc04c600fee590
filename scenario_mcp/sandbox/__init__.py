"""A stand-in for Scenario's API: requests, replies, errors and links over a catalogue of samples or of one's own.

It imports `filters`, the models of `api` and the modules below them, never the client nor an HTTP client.
"""
