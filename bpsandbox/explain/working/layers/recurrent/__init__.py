"""Recurrent layers, unrolled in time: each step's equations, and backpropagation through time from the last one."""

from .steps import backward, forward, gradients

__all__ = ["backward", "forward", "gradients"]
