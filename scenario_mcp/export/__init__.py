"""Export: the hits of a search of a live account, saved as a catalogue folder with their pictures.

It asks the API through `backend`, and knows nothing of MCP or of the sandbox.
"""
