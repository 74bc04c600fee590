"""Pictures read and rendered as a good viewer shows them: containers, decoding, orientation, tones, colours, encoding.

May use `picture_formats`, `errors` and `text`. Pillow is imported only once there is a picture.
"""
