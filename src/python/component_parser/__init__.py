"""Reads components by the syntax tree of their file. One file per concept; file.py is the way in."""
