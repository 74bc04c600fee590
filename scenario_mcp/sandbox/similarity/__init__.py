"""Image similarity and semantic search, approximated without a model: `visual` for pictures, `semantic` for words.

It imports the catalogue and the engine; it knows neither HTTP nor Starlette.
"""
