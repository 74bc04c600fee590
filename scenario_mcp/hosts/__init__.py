"""Hosts, the programs that start this server: where each keeps its servers, and the command `install`."""
