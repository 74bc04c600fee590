"""Semantic search: word vectors, how near documents are to a text, and hybrid search.

It imports the catalogue and the engine.
"""
