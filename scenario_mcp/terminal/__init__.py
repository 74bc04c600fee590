"""What a person sees in a terminal: the demonstration, its pictures in the terminal, or a contact sheet as a file.

It speaks to the server as any MCP client does; it imports neither `server` nor the API's client.
"""
