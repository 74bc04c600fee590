"""A folder of one's own as a catalogue: indexing of its files, `assets.jsonl` and `models.jsonl`.

It imports the catalogue, the engine, `similarity` and `imaging`, not the app.
"""
