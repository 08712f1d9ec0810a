"""Describe what a gradient check has checked and what it has skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.document import CheckedTensor, Document
from bpsandbox.messages import _, sentences

from .endings import band_word

ASKED = 20


@dataclass(frozen=True)
class CheckedGradient:
    """The check at the start or the end of a run: its grade, its tensors, and how much was checked."""

    at: str
    band: str
    tensors: tuple[CheckedTensor, ...]
    asked: int
    reason: str = ""

    @property
    def checked(self) -> int:
        return sum(tensor.checked for tensor in self.tensors)

    @property
    def skipped(self) -> int:
        return sum(tensor.skipped for tensor in self.tensors)

    @property
    def size(self) -> int:
        return sum(tensor.checked if tensor.size is None else tensor.size for tensor in self.tensors)

    @property
    def is_partial(self) -> bool:
        """Return whether fewer entries were tried than requested, because the budget was used up."""
        return any(tensor.checked + tensor.skipped < min(self.asked, tensor.size or 0) for tensor in self.tensors)

    @property
    def is_incomplete(self) -> bool:
        """Return whether a tensor was not checked as requested, because of kinks or the budget."""
        return self.is_partial or any(tensor.checked == 0 for tensor in self.tensors)

    @property
    def verdict(self) -> str:
        """Return the grade, or why nothing could be checked."""
        if self.reason == "diverged":
            return _("not checked: diverged")
        return band_word(self.band)

    @property
    def words(self) -> str:
        if self.reason == "diverged":
            return _("Where the loss or the parameters are no longer finite, or are so large that a small step "
                     "is lost to rounding, there is no difference to compare.")  # fmt: skip
        counts = {"checked": f"{self.checked:,}", "size": f"{self.size:,}", "skipped": f"{self.skipped:,}"}
        return sentences(
            _("{checked} of {size} parameters were compared.", **counts),
            _("{skipped} were at a kink and were skipped.", **counts) if self.skipped else "",
            _("Fewer than requested: the check reached its work limit.") if self.is_partial else "",
        )


def checked_gradients(document: Document, config: dict[str, Any]) -> tuple[CheckedGradient, ...]:
    asked = ((config.get("checks") or {}).get("gradient_check") or {}).get("samples_per_tensor", ASKED)
    checks = document.checks.gradient_check or ()
    return tuple(CheckedGradient(check.at, check.band, check.tensors, asked, check.reason or "") for check in checks)
