"""Thousands of calls over replicas while these, Redis, nginx, the upstream, an OAuth issuer and clocks are disturbed.

    python -m benchmarks.chaos [--seed 1] [--calls 20000]

Calls and disturbances are drawn from the seed beforehand: the same seed gives the same digest. Disturbances come by the
number of calls that were answered, not by the time. A third of the callers bring tokens of the issuer, which rotates
its keys, fails, and has a wrong clock; a tenth of their tokens are a stranger's, and must let nobody in.

It needs nginx and redis-server, and libfaketime for the clocks.
"""
