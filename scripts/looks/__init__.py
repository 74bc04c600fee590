"""Precomputes the descriptors of the sample pictures."""
