"""Layer normalisation: y = γ ⊙ x̂ + β, x̂ = (x - μ) / √(v + ε), μ and v mean and variance of every row of the example.

With g = dL/dx̂ = γ ⊙ dL/dy, means along the row written with a bar:
dL/dx = (g - mean of g - x̂ ⊙ mean of g ⊙ x̂) / √(v + ε), dL/dγ = sum over rows of dL/dy ⊙ x̂, dL/dβ = that of dL/dy.
Ba, Kiros, Hinton, Layer normalization, 2016.

A row is what lies along the last axes, as many as are normalised: a row of a printed matrix, a whole matrix, or
several of them.
"""

from .backward import backward, gradients
from .forward import forward

__all__ = ["backward", "forward", "gradients"]
