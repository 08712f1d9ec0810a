"""Write a worked step as a standalone LaTeX document."""

from __future__ import annotations

import re

from .working.step import Step, Worked, WorkedPhase

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\else\usepackage{fontspec}\fi
\begin{document}
"""
SPECIAL = str.maketrans(
    {c: rf"\{c}" for c in "&%$#_{}"}
    | dict.fromkeys(map(chr, (*range(0x20), *range(0x7F, 0xA0))), " ")  # LaTeX refuses most of them
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$"}
)


def tex(worked: Worked, *, title: str) -> str:
    """Return a complete LaTeX document (XeLaTeX or LuaLaTeX for Chinese, with ctex)."""
    words = " ".join((title, worked.where, *map(str, worked.notes), *(str(step.title) for step in worked.steps)))
    chinese = "\\usepackage{ctex}\n" if any("\u4e00" <= c <= "\u9fff" for c in words) else ""
    preamble = PREAMBLE.replace("\\begin{document}", chinese + "\\begin{document}")
    sections = "".join(map(_section, worked.phases))
    notes = "".join(f"\n{_note(str(note))}\n" for note in worked.notes)
    title, where = " ".join(title.split()).translate(SPECIAL), worked.where.translate(SPECIAL)
    return f"{preamble}\\section*{{{title}}}\n{where}\n{notes}{sections}\\end{{document}}\n"


def _section(phase: WorkedPhase) -> str:
    steps = "".join(map(_step, phase.steps))
    return f"\\subsection*{{{phase.title.translate(SPECIAL)}}}\n{steps}"


def _step(step: Step) -> str:
    """Write the title, the equation in symbols and in numbers, and notes with their formulas."""
    notes = "".join(f"\n{_note(str(note))}\n" for note in step.notes)
    title = f"\n{str(step.title).translate(SPECIAL)}\n"
    if not step.formula:
        return title + notes
    return f"{title}\\begin{{align*}}\n& {step.formula} \\\\\n& {step.numbers}\n\\end{{align*}}\n{notes}"


def _note(text: str) -> str:
    """Escape a note, except its formulas between \\( and \\)."""
    parts = re.split(r"(\\\(.*?\\\))", text)
    return "".join(part if i % 2 else part.translate(SPECIAL) for i, part in enumerate(parts))
