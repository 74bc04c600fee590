"""Generators: what their notes tell of how a picture was made, one module for each family of notations.

Imports `notes` and the ground. Everything that is read here may be hostile; nothing here raises.
"""
