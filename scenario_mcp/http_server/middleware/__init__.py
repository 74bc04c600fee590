"""ASGI middlewares, one a file: CORS, Host and Origin checks, authentication, flood guard, body limit, metrics.

A middleware imports `auth`, `limits` and `telemetry`, but neither another middleware nor what stands inside the stack.
"""
