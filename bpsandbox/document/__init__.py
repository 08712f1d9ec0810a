"""The types of a run's result: written by the engine, checked by the runner, read by everything else.

    Document.from_json(value)    reads plain JSON strictly; raises InvalidDocument with the path of what is wrong
    document.to_json()           gives plain JSON back
    Document.from_store(value)   reads what was kept, also by an engine with fewer or more fields

Standard library only.
"""

from .brief import Agreement, Summary
from .checks import CheckedTensor, Checks, GradientCheck, OverfitCheck
from .errors import InvalidDocument
from .kinds import LARGEST
from .progress import Progress
from .reading import Part
from .records import (
    Activations,
    ConfusionMatrix,
    DecisionBoundary,
    Examples,
    FinalNetwork,
    GradientNorms,
    LayerName,
    NamedTensor,
    Records,
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
from .worked import Title, WorkedExample, WorkedStep, Written

__all__ = [
    "LARGEST",
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
    "Examples",
    "FinalNetwork",
    "GradientCheck",
    "GradientNorms",
    "InvalidDocument",
    "LayerName",
    "LayerSummary",
    "Member",
    "NamedTensor",
    "OverfitCheck",
    "Part",
    "Progress",
    "Provenance",
    "Reason",
    "Recorded",
    "Records",
    "RunWarning",
    "Stop",
    "Summary",
    "Title",
    "Weights",
    "WorkedExample",
    "WorkedStep",
    "Written",
]
