"""The essential part of a picture file, one module a container: what its pixels need, without notes that may be odd.

May use the modules of `imaging` that know no reader: `containers`, `splice`.
"""
