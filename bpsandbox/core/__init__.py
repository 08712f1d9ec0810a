"""The engine: small networks trained with NumPy and nothing else.

from bpsandbox import spec
from bpsandbox.core import run

result = run(spec.build(spec.parse(text)))
print(result.document()["final"])
"""

from .activations import ACTIVATIONS
from .boundary import Boundary
from .clipping import Clipping
from .errors import BackpropError, ClassMismatch, ShapeMismatch, TooManyHoldouts
from .experiment import Experiment, Part, Plan
from .gradcheck import GradientCheck, check_layers
from .instruments import Recording
from .layers import Flatten, Layer, Linear
from .losses import (
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
from .network import Network
from .optimizers import OPTIMIZERS, Optimizer
from .overfit import OverfitTiny
from .penalty import Penalty
from .provenance import ENGINE
from .result import Result
from .stopping import EarlyStopping, Target, Tolerance
from .streams import STREAMS, stream
from .sweep import Member, Sweep
from .trace import Trace
from .training import Report, run, train
from .worked import WorkedExample

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
