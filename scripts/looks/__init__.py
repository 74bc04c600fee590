"""Describes the sample pictures beforehand."""
