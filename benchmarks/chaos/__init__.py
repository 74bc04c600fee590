"""Thousands of calls over three replicas while replicas, Redis, nginx, the upstream and the clocks are disturbed.

    python -m benchmarks.chaos [--seed 1] [--calls 20000]

Calls and disturbances are drawn from the seed beforehand: the same seed gives the same digest. Disturbances come by the
number of calls that were answered, not by the time. It needs nginx and redis-server, and libfaketime for the clocks.
"""
