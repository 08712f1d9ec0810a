"""Write blocks inside the containers that are open, with a blank line between those that are not to run together."""

from __future__ import annotations

from community.rendering.islands import Islands, TagIsland

from .boxes import Box, list_kind


class Writer:
    """`gap`: a blank line came before; `is_tight`: no block has come after the first one of the item that is open."""

    def __init__(self, islands: Islands) -> None:
        self.islands = islands
        self.out: list[str] = []
        self.boxes: list[Box] = []
        self.written_boxes: list[Box] = []
        self.gap = True
        self.is_tight = False
        self.last_item = ""  # kind of the list whose item was written last

    def where(self) -> int:
        """Return the key of the innermost container."""
        return self.boxes[-1].key if self.boxes else 0

    def nothing(self) -> str:
        """Return a placeholder that becomes nothing: it keeps apart what Python-Markdown would join."""
        return self.islands.add(TagIsland("", "", "", is_block=True, is_void=True, twin=True))

    def write_alone(self, placeholder: str) -> None:
        self.gap = True
        self.write([placeholder])
        self.gap = True

    def write(self, block: list[str], *, joined: bool = False) -> None:
        """Write lines inside the open containers. `joined` ones may follow the line before without a gap."""
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
        """Say whether a new item stands right under an item of its list, or under the text of the item around it."""
        fresh = next(index for index, box in enumerate(self.boxes) if box.marker)
        outer = self.boxes[:fresh]
        before = self.written_boxes
        if before[:fresh] != outer or (not outer and not before):
            return False
        if len(before) == fresh:
            return bool(outer) and outer[-1].is_item
        return before[fresh].is_item and (len(before) > fresh + 1 or self.last_item == list_kind(kind))

    def _shared_prefix(self) -> str:
        """Return what a blank line must begin with to stay inside the quotes that go on."""
        shared = ""
        for box, before in zip(self.boxes, self.written_boxes, strict=False):
            if box is not before:
                break
            shared += box.prefix
        return shared.rstrip()
