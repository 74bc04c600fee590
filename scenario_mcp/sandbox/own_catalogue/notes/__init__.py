"""Notes: what generators, cameras and people wrote into a picture file or beside it, as texts with their places.

Imports `imaging` and the ground. `generation_parameters` reads what the notes mean.
"""
