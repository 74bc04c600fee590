"""Runs the whole suite on every Python that this project supports and this machine has."""
