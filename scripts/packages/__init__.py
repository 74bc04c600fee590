"""Packages: wheel, sdist, the MCPB bundle and the entry for the MCP registry, built and checked."""
