"""A sandbox that trains small networks from declarative configs and shows how they learn."""

__version__ = "0.1.0"
