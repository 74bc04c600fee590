"""Notes: what generators, cameras and people wrote into a picture file or beside it, as texts with their places.

Imports `imaging` and the ground. `generators` reads what the notes mean.
"""
