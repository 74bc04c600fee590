"""What is wrong with a picture."""


class BadPicture(Exception):
    """A picture that cannot be read or shown; the message completes the sentence "The picture ..."."""


EMPTY = "is empty"
UNKNOWN = "is not a picture that can be read"
BROKEN = "is broken, so it cannot be shown"
