"""The yardstick over HTTP: the same plain `MCPServer`, stateless, with JSON answers; its log is off."""

import logging
import sys

import uvicorn

from benchmarks.bare_server import server

if __name__ == "__main__":
    logging.disable(logging.WARNING)  # else it logs each request in colours, which takes half of its time
    app = server.streamable_http_app(stateless_http=True, json_response=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
