"""The doctor: what keeps this server from working on this machine, one finding a fact, and what to do about each."""
