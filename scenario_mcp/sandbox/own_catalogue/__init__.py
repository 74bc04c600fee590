"""A folder of one's own as a catalogue: what is in it, read once, and again where it changed."""
