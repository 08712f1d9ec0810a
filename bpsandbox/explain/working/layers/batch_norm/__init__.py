"""Batch normalisation: y = γ ⊙ x̂ + β, x̂ = (x - μ) / √(v + ε), μ and v each feature's mean and variance over the batch.

With g = dL/dx̂ = γ ⊙ dL/dy, means over the batch written with a bar:
dL/dx = (g - mean of g - x̂ ⊙ mean of g ⊙ x̂) / √(v + ε), dL/dγ = sum of dL/dy ⊙ x̂, dL/dβ = sum of dL/dy.
This is the formula of Ioffe, Szegedy, Batch normalization, 2015, section 3, with dL/dμ and dL/dv put in.
"""

from .backward import backward, gradients
from .forward import forward
from .running import update_buffers

__all__ = ["backward", "forward", "gradients", "update_buffers"]
