"""The worked example that a result has."""

from __future__ import annotations

from bpsandbox.document import Document

from .steps import Worked
from .worked import worked


def recorded_example(document: Document) -> Worked | None:
    """Work through the example that was recorded; None when there is none, or no Linear layer in it."""
    example = document.records.worked_example
    return worked({"records": {"worked_example": example}}) if isinstance(example, dict) else None
