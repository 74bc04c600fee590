"""The rooms of the package as a table, from their docstrings."""
