"""Bytes of pictures: read for an asset or model, read for a user's reference picture, resized, and cached.

May use `api`, `net` and the ground. Only `resize` uses `imaging`, and Pillow only once there is a picture.
"""
