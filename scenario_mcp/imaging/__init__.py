"""Pictures read and rendered as a good viewer shows them: containers, decoding, orientation, tones, colours, encoding.

Imports `picture_formats` and nothing else of the package. Pillow is imported only once there is a picture.
"""
