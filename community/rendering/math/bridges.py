"""Replacements for commands that math-core lacks. Tables only; `rewrite` applies them."""

from __future__ import annotations

import re

# Equivalent commands.
SYNONYMS = {
    "\\\n": "\\ ",  # a backslash at a line end is a space
    r"\pmb": r"\boldsymbol",
    r"\mathbfit": r"\boldsymbol",
    r"\bold": r"\mathbf",
    r"\mathbbm": r"\mathbb",
    r"\mathds": r"\mathbb",
    r"\mbox": r"\text",
    r"\hbox": r"\text",
    r"\textnormal": r"\text",
    r"\textup": r"\text",
    r"\textmd": r"\text",
    r"\emph": r"\textit",
    r"\hdots": r"\ldots",
    r"\dotsc": r"\ldots",
    r"\dotso": r"\ldots",
    r"\mathellipsis": r"\ldots",
    r"\dotsb": r"\cdots",
    r"\dotsm": r"\cdots",
    r"\dotsi": r"\cdots",
    r"\adots": r"\iddots",
    r"\sout": r"\cancel",
    r"\newline": r"\\",
    r"\cr": r"\\",
    r"\fbox": r"\boxed",
    r"\autoref": r"\eqref",
    r"\cref": r"\eqref",
    r"\celsius": r"\degree",
    r"\mathnormal": r"\mathit",
    r"\pdv": r"\pd",
    r"\lbrack": "[",
    r"\rbrack": "]",
}

# Characters that people type, or paste from elsewhere, and math-core refuses.
CHARACTERS = {
    "√": r"\sqrt",
    "∛": r"\sqrt[3]",
    "∜": r"\sqrt[4]",
    "⊤": r"\top",
    "⊥": r"\bot",
    "∅": r"\varnothing",
    "∴": r"\therefore",
    "∵": r"\because",
}
SYNONYMS |= CHARACTERS

# Commands for size, breaking and glue, dropped without loss of meaning.
SILENT = frozenset(
    r"""\tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge \strut \mathstrut \null
    \hfill \hfil \hss \vfill \displaylimits \allowbreak \nobreak \centering \noindent \protect \relax \boldmath
    \unboldmath \allowdisplaybreaks \leavevmode \newpage \linebreak \bigskip \medskip \smallskip""".split()
)

# Commands whose first argument concerns layout and whose second is their content.
KEEP_SECOND = frozenset(
    r"\href \class \style \cssId \htmlClass \htmlStyle \htmlId \htmlData \bbox \texorpdfstring".split()
)
DROP_ARGUMENT = frozenset(r"\require \vspace \label* \setlength \usepackage \hypertarget \pagestyle".split())
KEEP_ONLY = frozenset(r"\smash \vcenter \mathclap \mathllap \mathrlap \llap \rlap \ensuremath \raisebox*".split())
TEXT = frozenset(r"\text \textrm \textbf \textit \texttt \textsf \textsc".split())

ENVIRONMENTS = {
    "split": "aligned",
    "alignedat": "aligned",
    "alignat": "align",
    "alignat*": "align*",
    "xalignat": "align",
    "flalign": "align",
    "flalign*": "align*",
    "eqnarray": "align",
    "eqnarray*": "align*",
    "tabular": "array",
    "pmatrix*": "pmatrix",
    "bmatrix*": "bmatrix",
    "Bmatrix*": "Bmatrix",
    "vmatrix*": "vmatrix",
    "Vmatrix*": "Vmatrix",
    "matrix*": "matrix",
    "smallmatrix*": "smallmatrix",
    "dcases*": "dcases",
    "cases*": "cases",
    "multlined": "gathered",
}
# Environments with an argument that browsers do not need.
ENVIRONMENTS_WITH_COUNT = frozenset({"alignedat", "alignat", "alignat*", "xalignat"})
ENVIRONMENTS_DROPPED = frozenset({"subequations", "math", "displaymath", "center", "small"})
# Outer environments that are numbered, or at least as wide as the page.
OUTER = frozenset({"equation", "align", "gather", "multline", "equation*", "align*", "gather*", "multline*"})
# What an outer environment becomes inside a formula.
INNER = {"equation": "", "align": "aligned", "gather": "gathered", "multline": "gathered"}

# Operators that accept \limits in math-core.
TAKES_LIMITS = frozenset(
    r"""\sum \prod \coprod \int \iint \iiint \oint \bigcup \bigcap \bigvee \bigwedge \bigoplus \bigotimes \bigodot
    \bigsqcup \biguplus \lim \limsup \liminf \max \min \sup \inf \det \gcd \Pr \arg""".split()
)

# math-core's colour names with a colour for both themes (the class is `math-<name>`).
COLOURS = frozenset("red blue green orange purple violet gray teal brown cyan magenta olive pink".split())
COLOUR_NAMES = {
    "grey": "gray",
    "darkgray": "gray",
    "lightgray": "gray",
    "darkred": "red",
    "crimson": "red",
    "maroon": "red",
    "darkblue": "blue",
    "navy": "blue",
    "darkgreen": "green",
    "lime": "green",
    "forestgreen": "green",
    "yellow": "orange",
}

ROW_SKIP = re.compile(r"\s*+-?\s*+[\d.]*+\s*+(?:pt|em|ex|mm|cm|in|px|mu|pc|\\[a-z]+)\s*")
COLUMN_SPEC = re.compile(r"[lcr|:]")
