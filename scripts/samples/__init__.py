"""Draws the sample catalogue that ships with the sandbox.

Every picture is made of layered vector shapes (`board`, `subjects`,
`backdrops`) that a look (`look_*`) turns into pixels.  Everything is seeded:
running it twice gives the same files.
"""
