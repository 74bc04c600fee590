"""Image similarity and semantic search, approximated without a model: `visual` for pictures, `semantic` for words.

It imports the catalogue, the engine and `imaging`; it knows neither HTTP nor Starlette.
"""
