"""Arguments as clients really send them -> a request; and the portable JSON Schema that a request model publishes.

`reader` is what tools call. Whatever is not as the schema says is read by the modules beside it, each for one kind of
departure; what cannot be read, or means two things, is refused with what to send instead. Imports `api` and below.
"""

from scenario_mcp.server.arguments.reader import ArgumentReader
from scenario_mcp.server.arguments.refusals import MAX_REFUSAL_CHARACTERS
from scenario_mcp.server.arguments.schema import portable_schema

__all__ = ["MAX_REFUSAL_CHARACTERS", "ArgumentReader", "portable_schema"]
