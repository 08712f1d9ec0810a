"""Syntax highlighting by Pygments: classes only, within a time limit."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from .messages import _

# The only lexers used: guessing is slow, and so are some lexers.
NAMES = {
    "python": "Python", "py": "Python", "python3": "Python", "pycon": "Python", "ipython": "Python", "numpy": "Python",
    "c": "C", "cpp": "C++", "c++": "C++", "java": "Java", "javascript": "JavaScript", "js": "JavaScript",
    "typescript": "TypeScript", "ts": "TypeScript", "json": "JSON", "yaml": "YAML", "yml": "YAML", "toml": "TOML",
    "ini": "INI", "bash": "Shell", "sh": "Shell", "shell": "Shell", "console": "Shell", "rust": "Rust", "rs": "Rust",
    "go": "Go", "julia": "Julia", "jl": "Julia", "matlab": "MATLAB", "octave": "Octave", "r": "R", "tex": "LaTeX",
    "latex": "LaTeX", "html": "HTML", "css": "CSS", "sql": "SQL", "diff": "Diff", "patch": "Diff", "lua": "Lua",
    "haskell": "Haskell", "scala": "Scala", "kotlin": "Kotlin", "swift": "Swift", "fortran": "Fortran", "cuda": "CUDA",
    "makefile": "Make", "make": "Make", "dockerfile": "Docker", "bp": "bp", "csharp": "C#", "c#": "C#", "ruby": "Ruby",
    "markdown": "Markdown", "md": "Markdown",
}  # fmt: skip
_ALIASES = {"bp": "yaml", "numpy": "python", "ipython": "python", "rs": "rust", "jl": "julia", "md": "markdown"}
MOST_CODE = 30_000


def block(code: str, language: str, title: str = "") -> str:
    """Return a code block; the page's script adds its copy button."""
    name = NAMES.get(language, "")
    inner = _coloured(code, language) if name and len(code) <= MOST_CODE else escape(code, quote=False)
    shown = " · ".join(part for part in (name, title) if part)
    label = f'<span class="code-name">{escape(shown)}</span>' if shown else ""
    described = escape(_("Code: {name}", name=shown) if shown else _("Code"))
    kind = f' class="language-{language}"' if name and language.isalnum() else ""
    return (
        f'<div class="code-block" data-copy>{label}'
        f'<pre tabindex="0" role="group" aria-label="{described}"><code{kind}>{inner}\n</code></pre></div>'
    )


def _coloured(code: str, language: str) -> str:
    from pygments import highlight

    return highlight(code, _lexer(_ALIASES.get(language, language)), _formatter()).rstrip("\n")


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@lru_cache(maxsize=1)
def _formatter() -> Any:
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True, classprefix="tok-")
