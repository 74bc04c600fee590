"""Image similarity: descriptors of pictures, their distances, and the order of documents by them.

It imports `similarity.semantic`, the catalogue, the engine and `imaging`.
"""
