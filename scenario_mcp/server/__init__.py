"""What MCP clients see: tools, resources, prompts, completions, the guide, the gallery page, and the log they may read.

It asks a caller's `Backend` and shows what `rendering` makes of the answers. It knows no HTTP and no transport.
"""
