"""The error of an invalid document."""

from __future__ import annotations


class InvalidDocument(ValueError):
    """A part of a document is invalid. `path` names it (curves.train_loss[3][0]), `problem` says why."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem
