"""The engine: small networks trained with NumPy and nothing else.

from bpsandbox import spec
from bpsandbox.core import run

result = run(spec.build(spec.parse(text)))
print(result.document()["final"])
"""

from .errors import BackpropError, ClassMismatch, ShapeMismatch, TooManyHoldouts
from .gradcheck import GradientCheck, check_layers
from .nn.activations import ACTIVATIONS
from .nn.layers import Flatten, Layer, Linear
from .nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeLoss,
    HuberLoss,
    L1Loss,
    Loss,
    MSELoss,
    MultiClassHingeLoss,
    SmoothL1Loss,
)
from .nn.network import Network
from .optim.clipping import Clipping
from .optim.optimizers import OPTIMIZERS, Optimizer
from .optim.penalty import Penalty
from .optim.stopping import EarlyStopping, Target, Tolerance
from .provenance import ENGINE
from .streams import STREAMS, stream
from .train.experiment import Experiment, Part, Plan
from .train.observers.decision_boundary import Boundary
from .train.observers.instruments import Recording
from .train.observers.overfit_tiny import OverfitTiny
from .train.observers.worked_example import WorkedExample
from .train.result import Result
from .train.sweep import Member, Sweep
from .train.trace import Trace
from .train.training import Report, run, train

__all__ = [
    "ACTIVATIONS",
    "ENGINE",
    "OPTIMIZERS",
    "STREAMS",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BackpropError",
    "Boundary",
    "ClassMismatch",
    "Clipping",
    "CrossEntropyLoss",
    "EarlyStopping",
    "Experiment",
    "Flatten",
    "GradientCheck",
    "HingeLoss",
    "HuberLoss",
    "L1Loss",
    "Layer",
    "Linear",
    "Loss",
    "MSELoss",
    "Member",
    "MultiClassHingeLoss",
    "Network",
    "Optimizer",
    "OverfitTiny",
    "Part",
    "Penalty",
    "Plan",
    "Recording",
    "Report",
    "Result",
    "ShapeMismatch",
    "SmoothL1Loss",
    "Sweep",
    "Target",
    "Tolerance",
    "TooManyHoldouts",
    "Trace",
    "WorkedExample",
    "check_layers",
    "run",
    "stream",
    "train",
]
