"""Bounds on notes: a larger one is left out, and the picture is kept with the others."""

MAX_NOTE_BYTES = 8 << 20
"""A workflow of ComfyUI has up to some megabytes; it is larger only where it holds pictures."""
MAX_XMP_BYTES = 4 << 20
MAX_NOTES = 2_000
"""Notes of one picture."""
MAX_CHARACTERS = 16 << 20
"""Characters of all notes of one picture."""
