"""How long names may be where they are shown."""

MAX_HIT_NAME_CHARACTERS = 28
MAX_NAME_CHARACTERS = 60
"""In captions, and in the gallery."""
