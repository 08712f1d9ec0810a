"""Handlers by token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from community.rendering.math.tokens import Token

from . import definitions, environments, groups, numbers, operators

if TYPE_CHECKING:
    from .rewriter import Rewriter

type Act = Callable[[Rewriter, Token], None]

HANDLERS: dict[str, Act] = {
    **definitions.HANDLERS,
    **environments.HANDLERS,
    **groups.HANDLERS,
    **numbers.HANDLERS,
    **operators.HANDLERS,
}
