"""The engine: small networks trained with NumPy and nothing else.

from bpsandbox import spec
from bpsandbox.core import run

result = run(spec.build(spec.parse(text)))
print(result.document().final)
"""

from .errors import (
    BackpropError,
    ClassMismatch,
    NoSuchExample,
    NoSuchSeed,
    NotAnExperiment,
    ShapeMismatch,
    TooManyHoldouts,
)
from .gradcheck import check_layers
from .nn.activations import ACTIVATIONS
from .nn.layers import (
    GRU,
    LAYERS,
    LSTM,
    RNN,
    Add,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    Linear,
    MaxPool2d,
    Reshape,
)
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
from .train.experiment import Experiment, Observed, Observer
from .train.observers.activations import Activations
from .train.observers.decision_boundary import DecisionBoundary
from .train.observers.gradient_check import GradientCheck
from .train.observers.gradients import Gradients
from .train.observers.histograms import Histograms
from .train.observers.learning_rates import LearningRates
from .train.observers.lr_range import LearningRateRange
from .train.observers.overfit_tiny import OverfitTiny
from .train.observers.saliency import Saliency
from .train.observers.snapshots import Snapshots
from .train.observers.steps import Trace
from .train.observers.through_time import ThroughTime
from .train.observers.weights import Weights
from .train.observers.worked import Worked
from .train.observers.worked_example import Capture, WorkedExample
from .train.plan import Part, Plan
from .train.result import Result
from .train.sweep import Member, Sweep, SweepResult
from .train.trained import trained_weights
from .train.training import Report, run, train, work

__all__ = [
    "ACTIVATIONS",
    "ENGINE",
    "GRU",
    "LAYERS",
    "LSTM",
    "OPTIMIZERS",
    "RNN",
    "STREAMS",
    "Activations",
    "Add",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BackpropError",
    "BatchNorm1d",
    "BatchNorm2d",
    "Capture",
    "ClassMismatch",
    "Clipping",
    "Conv2d",
    "CrossEntropyLoss",
    "DecisionBoundary",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Experiment",
    "Flatten",
    "GradientCheck",
    "Gradients",
    "HingeLoss",
    "Histograms",
    "HuberLoss",
    "L1Loss",
    "Layer",
    "LayerNorm",
    "LearningRateRange",
    "LearningRates",
    "Linear",
    "Loss",
    "MSELoss",
    "MaxPool2d",
    "Member",
    "MultiClassHingeLoss",
    "Network",
    "NoSuchExample",
    "NoSuchSeed",
    "NotAnExperiment",
    "Observed",
    "Observer",
    "Optimizer",
    "OverfitTiny",
    "Part",
    "Penalty",
    "Plan",
    "Report",
    "Reshape",
    "Result",
    "Saliency",
    "ShapeMismatch",
    "SmoothL1Loss",
    "Snapshots",
    "Sweep",
    "SweepResult",
    "Target",
    "ThroughTime",
    "Tolerance",
    "TooManyHoldouts",
    "Trace",
    "Weights",
    "Worked",
    "WorkedExample",
    "check_layers",
    "run",
    "stream",
    "train",
    "trained_weights",
    "work",
]
