"""What begins with what somebody typed, read from the column's own index on both databases."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Lookup

_LAST = "\U0010ffff"
_WILD = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


class Begins(Lookup):
    """Match rows whose column begins with a text, for `filter`.

    SQLite reads a range of the index, which its LIKE, blind to case, does not. PostgreSQL compares by the rules of a
    language, which know no such range, and has an index for LIKE on every unique column of text.
    """

    lookup_name = "begins"

    def __init__(self, column: str | Any, text: str) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, text)
        self.text = text

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*params, self.text, *params, self.text + _LAST)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", (*params, self.text.translate(_WILD) + "%")
