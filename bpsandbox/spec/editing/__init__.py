"""Edit the text of a config by the smallest span: comments, order and spelling of the rest stay as they are."""

from .edits import CannotEdit, insert, move, put, remove, rename, rename_all
from .tree import span

__all__ = ["CannotEdit", "insert", "move", "put", "remove", "rename", "rename_all", "span"]
