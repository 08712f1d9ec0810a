"""The types of a run's result: written by the engine, checked by the runner, read by everything else.

    Document.from_json(value)    reads plain JSON strictly; raises InvalidDocument with the path of what is wrong
    document.to_json()           gives plain JSON back
    Document.from_store(value)   reads what was kept, also by an engine with fewer or more fields

Standard library only.
"""

from .brief import Agreement, Summary
from .checks import CheckedTensor, Checks, GradientCheck, OverfitCheck
from .errors import InvalidDocument
from .findings import KINDS, Evidence, Finding, FindingKind, Undefined
from .kinds import LARGEST
from .older import HARM
from .progress import Progress
from .reading import Part
from .records import (
    Activations,
    ConfusionMatrix,
    DecisionBoundary,
    Examples,
    FinalNetwork,
    GradientNorms,
    Histogram,
    Histograms,
    LayerName,
    LearningRateRange,
    Mistake,
    NamedTensor,
    Records,
    Saliency,
    SalientPicture,
    Snapshots,
    TensorShape,
    ThroughTime,
    Weights,
)
from .result import (
    CardDocument,
    Curve,
    DataSummary,
    Document,
    LayerSummary,
    Member,
    Provenance,
    Reason,
    Recorded,
    RunWarning,
    Stop,
)
from .tensors import NUMPY_TYPES, RawTensor, SeedWeights, from_safetensors, to_safetensors
from .worked import Title, WorkedExample, WorkedStep, Written

__all__ = [
    "HARM",
    "KINDS",
    "LARGEST",
    "NUMPY_TYPES",
    "Activations",
    "Agreement",
    "CardDocument",
    "CheckedTensor",
    "Checks",
    "ConfusionMatrix",
    "Curve",
    "DataSummary",
    "DecisionBoundary",
    "Document",
    "Evidence",
    "Examples",
    "FinalNetwork",
    "Finding",
    "FindingKind",
    "GradientCheck",
    "GradientNorms",
    "Histogram",
    "Histograms",
    "InvalidDocument",
    "LayerName",
    "LayerSummary",
    "LearningRateRange",
    "Member",
    "Mistake",
    "NamedTensor",
    "OverfitCheck",
    "Part",
    "Progress",
    "Provenance",
    "RawTensor",
    "Reason",
    "Recorded",
    "Records",
    "RunWarning",
    "Saliency",
    "SalientPicture",
    "SeedWeights",
    "Snapshots",
    "Stop",
    "Summary",
    "TensorShape",
    "ThroughTime",
    "Title",
    "Undefined",
    "Weights",
    "WorkedExample",
    "WorkedStep",
    "Written",
    "from_safetensors",
    "to_safetensors",
]
