"""The block reader: for each line, the containers it continues, those it opens, and their content."""

from __future__ import annotations

from community.rendering import lines
from community.rendering.islands import Islands
from community.rendering.limits import NESTING, OverLimit
from community.rendering.messages import _
from community.rendering.scanner import Scanner

from .boxes import Box, Piece
from .containers import open_boxes
from .leaves import leaf
from .paragraphs import as_words, offsets_of, split_at_blocks
from .writer import Writer


class Reader(Writer):
    """Block reader state. `paragraph` is open until a blank line or a block ends it; `index` is the current line.

    `items`: the last item's marker and number, by container. `no_end`: a delimiter has no end before this line.
    `notes`: a repeated footnote name is text, since Python-Markdown would drop the first. `cells` counts table cells.
    """

    def __init__(self, text: str, islands: Islands) -> None:
        super().__init__(islands)
        self.lines = text.split("\n")
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.scanner = Scanner(islands)
        self.paragraph: list[Piece] = []
        self.items: dict[int, tuple[str, int]] = {}
        self.no_end: dict[str, int] = {}
        self.notes: set[str] = set()
        self.index = self.cells = self.keys = 0

    def run(self) -> str:
        while self.index < len(self.lines):
            self._line()
            self.index += 1
        self.flush()
        self.close_to(0)
        return "\n".join(self.out)

    # === Lines ===

    def _line(self) -> None:
        matched, rest = self.continued(self.lines[self.index])
        if not rest.strip(" \t"):
            self._blank(matched)
            return
        if matched < len(self.boxes):
            if self.paragraph and not lines.starts_block(rest) and lines.indent_of(rest) < 40:
                self.add(rest)
                return
            self.close_to(matched)
        rest = open_boxes(self, rest)
        if rest.strip(" \t"):
            leaf(self, rest)

    def _blank(self, matched: int) -> None:
        self.flush()
        quotes = (index for index in range(matched, len(self.boxes)) if self.boxes[index].quoted)
        self.close_to(next(quotes, len(self.boxes)))
        self.gap = True

    def continued(self, line: str) -> tuple[int, str]:
        """Match the open containers a line continues. Return their number and the rest of the line."""
        rest = lines.expand(line)
        for matched, box in enumerate(self.boxes):
            if box.quoted:
                match = lines.QUOTE.match(rest)
                if match is None:
                    return matched, rest
                rest = lines.expand(rest[match.end() :])
            elif not rest.strip(" "):
                rest = ""
            elif lines.indent_of(rest) >= box.indent:
                rest = rest[box.indent :]
            else:
                return matched, rest
        return len(self.boxes), rest

    def following(self) -> str | None:
        """Return the content of the next line in the open containers; None where they or the text end."""
        if self.index + 1 >= len(self.lines):
            return None
        matched, line = self.continued(self.lines[self.index + 1])
        return line if matched == len(self.boxes) else None

    def offset(self, rest: str) -> int:
        """Return the offset of the rest of the current line in the text."""
        return self.offsets[self.index + 1] - 1 - len(rest.lstrip(" "))

    # === Containers ===

    def push(self, box: Box) -> None:
        if len(self.boxes) >= NESTING:
            raise OverLimit(_("Quotes and lists are nested more than {limit} levels deep.", limit=NESTING))
        self.keys += 1
        box.key = self.keys
        self.boxes.append(box)

    def close_to(self, depth: int) -> None:
        if len(self.boxes) > depth:
            self.flush()
        while len(self.boxes) > depth:
            if self.boxes[-1].marker:
                self.write([self.nothing()])
            box = self.boxes.pop()
            if box.closing:
                self.write_alone(box.closing)

    # === Paragraphs ===

    def add(self, rest: str) -> None:
        """Add a line to the paragraph."""
        self.paragraph.append(Piece(rest.lstrip(" "), self.offset(rest)))

    def flush(self) -> None:
        """Write the open paragraph."""
        if not self.paragraph:
            return
        pieces, self.paragraph = self.paragraph, []
        for segment in split_at_blocks(self.scan(pieces), self.islands):
            self.write(as_words(segment), joined=not self.gap)

    def scan(self, pieces: list[Piece]) -> str:
        """Return a text with placeholders for its formulas, code and tags."""
        text = "\n".join(piece.text for piece in pieces)
        return self.scanner.scan(text, offsets_of(pieces), where=self.where())
