"""Show progress as a bar on one line, or as plain lines if the output is not a terminal."""

from __future__ import annotations

import time
from typing import Any, TextIO

CELLS = 30
PLAIN_SECONDS = 5.0
EIGHTHS = " ▏▎▍▌▋▊▉"


class Bar:
    """A progress bar. With several `settings` (a sweep) it shows the median loss of the best one."""

    def __init__(self, out: TextIO, settings: int = 1) -> None:
        self.out, self.settings = out, settings
        self.is_live = out.isatty()
        self.shown_at = time.monotonic()
        self.width = 0

    def show(self, progress: dict[str, Any]) -> None:
        """Show the progress of a run. Without a terminal, at most every five seconds."""
        if self.is_live:
            self.draw(f"{self.cells(progress)} {sentence(progress, self.settings)}")
        elif time.monotonic() - self.shown_at >= PLAIN_SECONDS:
            self.shown_at = time.monotonic()
            print(sentence(progress, self.settings), file=self.out, flush=True)

    def cells(self, progress: dict[str, Any]) -> str:
        share = min(1.0, progress["epoch"] / progress["epochs"]) if progress["epochs"] else 0.0
        full, eighth = divmod(int(share * CELLS * 8), 8)
        return ("█" * full + (EIGHTHS[eighth] if full < CELLS else "")).ljust(CELLS)

    def draw(self, line: str) -> None:
        self.out.write("\r" + line.ljust(self.width))
        self.out.flush()
        self.width = len(line)

    def clear(self) -> None:
        """Erase the bar, so that later output starts on an empty line."""
        if self.is_live and self.width:
            self.out.write("\r" + " " * self.width + "\r")
            self.out.flush()
            self.width = 0


def sentence(progress: dict[str, Any], settings: int = 1) -> str:
    parts = [f"epoch {progress['epoch']:,}/{progress['epochs']:,}"]
    if progress["points"]:
        name, values = next(iter(progress["points"][-1][2].items()))
        seeds = len(values) // settings
        middles = [middle for i in range(settings) for middle in _middle(values[i * seeds : (i + 1) * seeds])]
        parts += [f"{name} {min(middles):.4g}{' (best setting)' if settings > 1 else ''}"] if middles else []
    if progress["eta"]:
        parts.append(f"{progress['eta']:.0f} s left")
    return " · ".join(parts)


def _middle(values: list[float | None]) -> list[float]:
    """Return a list with the median of the numbers; empty without numbers."""
    known = sorted(value for value in values if value is not None)
    return [known[len(known) // 2]] if known else []
