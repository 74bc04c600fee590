"""The comparison of this server with others."""
