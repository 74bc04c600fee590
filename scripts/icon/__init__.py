"""Draws the icon of the packages."""
