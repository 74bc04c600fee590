"""The screenshots in docs/images."""
