"""The working as a LaTeX document of its own."""

from __future__ import annotations

from bpsandbox.messages import _

from .steps import Kind, Worked

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\else\usepackage{fontspec}\fi
\begin{document}
"""
SPECIAL = str.maketrans(
    {c: rf"\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$"}
)


def tex(worked: Worked, *, title: str) -> str:
    """Write a document that LaTeX takes as it is (XeLaTeX or LuaLaTeX for Chinese, with ctex)."""
    words = " ".join((title, *worked.notes, *(step.title for step in worked.steps)))
    chinese = "\\usepackage{ctex}\n" if any("\u4e00" <= c <= "\u9fff" for c in words) else ""
    preamble = PREAMBLE.replace("\\begin{document}", chinese + "\\begin{document}")
    sections = "".join(_section(worked, kind, name) for kind, name in _names())
    notes = "".join(f"\n{note.translate(SPECIAL)}\n" for note in worked.notes)
    return f"{preamble}\\section*{{{title.translate(SPECIAL)}}}\n{sections}{notes}\\end{{document}}\n"


def _names() -> tuple[tuple[Kind, str], ...]:
    return ("forward", _("Forward")), ("backward", _("Backward")), ("update", _("Update"))


def _section(worked: Worked, kind: Kind, name: str) -> str:
    steps = "".join(
        f"\n{step.title.translate(SPECIAL)}\n\\begin{{align*}}\n"
        f"& {step.latex_symbols} \\\\\n& {step.latex_numbers}\n\\end{{align*}}\n"
        for step in worked.of(kind)
    )
    return f"\\subsection*{{{name.translate(SPECIAL)}}}\n{steps}"
