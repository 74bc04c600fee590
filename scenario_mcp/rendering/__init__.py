"""What a model or the gallery reads of a document: the fields of a hit, notes on paging, captions, cards, all facts.

Imports `api` and the ground; knows neither MCP nor HTTP.
"""
