"""Block output inside open containers, with blank lines between blocks that must not merge."""

from __future__ import annotations

from community.rendering.islands import Islands, TagIsland

from .boxes import Box, list_kind


class Writer:
    """Block writer. `gap`: a blank line came before; `is_tight`: the open item has had one block so far."""

    def __init__(self, islands: Islands) -> None:
        self.islands = islands
        self.out: list[str] = []
        self.boxes: list[Box] = []
        self.written_boxes: list[Box] = []
        self.gap = True
        self.is_tight = False
        self.last_item = ""  # kind of the list of the last item written

    def where(self) -> int:
        """Key of the innermost container."""
        return self.boxes[-1].key if self.boxes else 0

    def nothing(self) -> str:
        """Return a placeholder that renders as nothing and keeps apart what Python-Markdown would join."""
        return self.islands.add(TagIsland("", "", "", is_block=True, is_void=True, twin=True))

    def write_alone(self, placeholder: str) -> None:
        self.gap = True
        self.write([placeholder])
        self.gap = True

    def write(self, block: list[str], *, joined: bool = False) -> None:
        """Write lines inside the open containers. `joined` ones can follow the previous line without a gap."""
        fresh = [box for box in self.boxes if box.marker]
        kind = fresh[-1].marker if fresh else ""
        joins = self._may_join(joined, kind)
        if self.out and not joins:
            self.out.append(self._shared_prefix())
        self.is_tight = bool(kind) or (joins and self.is_tight)
        for line in block:
            self.out.append("".join(box.marker or box.prefix for box in self.boxes) + line)
            for box in fresh:
                box.marker = ""
        if kind:
            self.last_item = list_kind(kind)
        self.written_boxes = list(self.boxes)
        self.gap = False

    def _may_join(self, joined: bool, kind: str) -> bool:
        if self.gap or kind.startswith("[^"):
            return False
        if kind:
            return self.is_tight and self._continues_list(kind)
        return joined and bool(self.boxes) and self.boxes[-1].is_item and self.boxes == self.written_boxes

    def _continues_list(self, kind: str) -> bool:
        """Return whether a new item directly follows an item of its list, or the text of its parent item."""
        fresh = next(index for index, box in enumerate(self.boxes) if box.marker)
        outer = self.boxes[:fresh]
        before = self.written_boxes
        if before[:fresh] != outer or (not outer and not before):
            return False
        if len(before) == fresh:
            return bool(outer) and outer[-1].is_item
        return before[fresh].is_item and (len(before) > fresh + 1 or self.last_item == list_kind(kind))

    def _shared_prefix(self) -> str:
        """Return the prefix a blank line needs to stay inside the continued quotes."""
        shared = ""
        for box, before in zip(self.boxes, self.written_boxes, strict=False):
            if box is not before:
                break
            shared += box.prefix
        return shared.rstrip()
