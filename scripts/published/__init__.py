"""The tools as they are published, from their models."""
