"""Texts of configuration files, edited in place: JSON with comments, TOML and YAML, one module each."""
