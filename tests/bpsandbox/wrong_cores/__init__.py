"""Intentionally wrong cores, as data: {id, story, patch, trajectory, caught_by}.

with WRONG_CORES["bias-not-summed"].patch():
    ...  # the engine now makes this mistake
"""

from .core import WrongCore, caught_by, objection
from .layers import LAYERS
from .training import TRAINING

WRONG_CORES = {core.id: core for core in [*LAYERS, *TRAINING]}

__all__ = ["WRONG_CORES", "WrongCore", "caught_by", "objection"]
