"""Write a worked step as Markdown, with LaTeX between dollar signs."""

from __future__ import annotations

import re

from .working.step import Step, Worked, WorkedPhase

SPECIAL = re.compile(r"[\\`*_\[\]<>&$~|#]")


def markdown(worked: Worked, *, title: str) -> str:
    """Return Markdown whose formulas this site, GitHub and notebooks can show."""
    where = f"{worked.where}\n"
    notes = "".join(f"\n{formulas(str(note))}\n" for note in worked.notes)
    return f"# {escaped_markdown(title)}\n\n{where}{notes}{''.join(map(_section, worked.phases))}"


def escaped_markdown(text: str) -> str:
    """Write a text of somebody's own in one line, so that no Markdown, HTML or formula begins in it."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def _section(phase: WorkedPhase) -> str:
    return f"\n## {phase.title}\n{''.join(map(_step, phase.steps))}"


def _step(step: Step) -> str:
    equation = f"\n$$\n\\begin{{aligned}}\n& {step.formula} \\\\\n& {step.numbers}\n\\end{{aligned}}\n$$\n"
    notes = "".join(f"\n{formulas(str(note))}\n" for note in step.notes)
    return f"\n### {step.title}\n{equation if step.formula else ''}{notes}"


def formulas(text: str) -> str:
    """Replace the delimiters \\( and \\) of formulas in a sentence by dollar signs."""
    return re.sub(r"\\\((.*?)\\\)", r"$\1$", text)
