"""The hosts of `scenario-mcp install` as a table, from the entries of each."""
