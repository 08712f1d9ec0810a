"""Handlers by token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from community.rendering.math.tokens import Token

from . import definitions, environments, groups, numbers, operators

if TYPE_CHECKING:
    from .rewriter import Rewriter

type Act = Callable[[Rewriter, Token], None]

ACTS: dict[str, Act] = {
    **definitions.ACTS,
    **environments.ACTS,
    **groups.ACTS,
    **numbers.ACTS,
    **operators.ACTS,
}
