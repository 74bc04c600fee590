"""Programs for developers: `python -m scripts.NAME`."""
