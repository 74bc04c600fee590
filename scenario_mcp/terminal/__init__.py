"""What a person sees in a terminal: searches and their hits, pictures, the demonstration, a contact sheet as a file.

Searches ask what the tools ask, by their request models, and say what they say; the demonstration is an MCP client.
"""
