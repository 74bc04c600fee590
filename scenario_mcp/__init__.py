"""An MCP server that searches the assets and models of Scenario."""

__version__ = "0.1.0"
