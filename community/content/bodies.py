"""The one door from what people write to the renderer: source in, the columns of a Post out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from community.rendering import pool
from community.rendering.context import Context

from . import embeds
from .errors import InvalidText


@dataclass(frozen=True, slots=True)
class Body:
    """`columns` are the Post's; `mentions` are folded handles; `keys` name the embeds, in order."""

    columns: dict[str, Any]
    mentions: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def html(self) -> str:
        return self.columns["html"]

    @property
    def lead_embed(self) -> str:
        return self.keys[0] if self.keys else ""


def make(source: str, *, kind: str, number: int) -> Body:
    """Render a post to be saved. Raises InvalidText with the renderer's sentence when it is over a limit."""
    body = show(source, kind=kind, number=number)
    if body.columns["render_notice"]:
        raise InvalidText(body.columns["render_notice"], field="source")
    return body
