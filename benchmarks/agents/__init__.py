"""How a language model gets on with the server, when it sees only what an MCP host gives it.

`tasks.toml` and `requests.toml` hold what is asked and how it is judged, `catalogue` what is true of the samples;
`cases` reads them. `driver` lets a command be the model, the command line a reader. See `docs/evaluation.md`.
"""
