"""Layers, activations, losses, initialisers, and the network."""
