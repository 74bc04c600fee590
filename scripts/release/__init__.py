"""Releases: a new version of everything that is published, up to what needs an account."""
