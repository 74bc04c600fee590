"""How often a server's process looks for objects that only refer to each other."""

THRESHOLDS = (10_000, 20, 50)
"""For `gc.set_threshold`. A page of hits is thousands of objects, none of them in a cycle, so cycles are looked for
less often than Python does by itself; still less often, and what waits to be found takes megabytes."""
