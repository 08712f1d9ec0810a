"""`python -m community.rendering FILE [KIND]`: print a text's HTML, without Django."""

import sys
from pathlib import Path

from .context import Context
from .pipeline import render


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    rendered = render(
        Path(arguments[0]).read_text(encoding="utf-8"), Context(kind=arguments[1] if len(arguments) > 1 else "post")
    )
    print(rendered.html)
    for error in rendered.math_errors:
        print(f"{arguments[0]}:{error.line}:{error.column}: {error.message}", file=sys.stderr)
    return 0


sys.exit(main(sys.argv[1:]))
