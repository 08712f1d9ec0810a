"""Read the block structure of a text line by line and write it anew, plainly, for Python-Markdown.

Containers (quotes, list items, footnotes, callouts) are recognised as CommonMark does, so that a nested list needs two
spaces and a list needs no blank line before it. Code, formulas and pasted tags leave as islands on the way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import escape

from . import callouts, lines
from .chars import is_unspaced
from .formulas import ENVIRONMENTS
from .highlighting import NAMES
from .islands import PLACEHOLDER, BlockIsland, FormulaIsland, Island, Islands, TagIsland
from .limits import FORMULA_LENGTH, NESTING, TABLE_CELLS, TABLE_COLUMNS, OverLimit
from .messages import _
from .scanner import Scanner, escaped

INDENT = "    "
_KNOWN_ENVIRONMENT = re.compile(rf"\\end\{{(?:{ENVIRONMENTS})\*?\}}")
_NUMBERED_LINE = re.compile(r"( *\d{1,9})([.)])(\s|$)")
_BULLET_LINE = re.compile(r"[-+*](\s|$)")


@dataclass(slots=True)
class Box:
    """An open container. `quoted` ones go on with `>`, the others with `indent` columns of space."""

    quoted: bool
    indent: int = 0
    prefix: str = ""
    marker: str = ""
    is_item: bool = False
    closing: str = ""
    key: int = 0


@dataclass(slots=True)
class Piece:
    """One line of a paragraph and the offset of its first character in the text."""

    text: str
    offset: int


class Blocks:
    """Turns a text into Markdown with islands. `write()` once."""

    def __init__(self, text: str, islands: Islands) -> None:
        self.lines = text.split("\n")
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.islands = islands
        self.scanner = Scanner(islands)
        self.out: list[str] = []
        self.boxes: list[Box] = []
        self.paragraph: list[Piece] = []
        self.index = 0
        self.gap = True
        self.last_item: str = ""  # kind of the list whose item was written last
        self.written_boxes: list[Box] = []
        self.items: dict[int, tuple[str, int]] = {}  # the last item's mark and number, by what holds it
        self.is_tight = False  # no block has come after the first one of the item that is open
        self.keys = 0
        self.cells = 0
        self.no_end: dict[str, int] = {}
        self.notes: set[str] = set()  # a second note of a name is text: Python-Markdown would drop the first

    def write(self) -> str:
        while self.index < len(self.lines):
            self._line()
            self.index += 1
        self._flush()
        self._close_to(0)
        return "\n".join(self.out)

    # === One line ===

    def _line(self) -> None:
        raw = lines.expand(self.lines[self.index])
        matched, rest = self._continue(raw)
        if not rest.strip(" \t"):
            self._blank(matched)
            return
        if matched < len(self.boxes):
            if self.paragraph and not lines.starts_block(rest) and lines.indent_of(rest) < 40:
                self._add(rest)
                return
            self._close_to(matched)
        rest = self._open_boxes(rest)
        if rest.strip(" \t"):
            self._leaf(rest)

    def _continue(self, rest: str) -> tuple[int, str]:
        """Go through the open containers that the line continues. Return their number and what is left of the line."""
        matched = 0
        for box in self.boxes:
            if box.quoted:
                match = lines.QUOTE.match(rest)
                if match is None:
                    break
                rest = lines.expand(rest[match.end() :])
            elif not rest.strip(" "):
                rest = ""
            elif lines.indent_of(rest) >= box.indent:
                rest = rest[box.indent :]
            else:
                break
            matched += 1
        return matched, rest

    def _blank(self, matched: int) -> None:
        self._flush()
        unquoted = next(
            (index for index in range(matched, len(self.boxes)) if self.boxes[index].quoted), len(self.boxes)
        )
        self._close_to(min(unquoted, len(self.boxes)))
        self.gap = True

    def _offset(self, rest: str) -> int:
        """Return where the rest of the current line stands in the text."""
        return self.offsets[self.index + 1] - 1 - len(rest.lstrip(" "))

    # === Containers ===

    def _open_boxes(self, rest: str) -> str:
        fresh = False
        while True:
            if lines.indent_of(rest) >= 4:
                return rest
            opened = self._open_quote(rest) or self._open_item(rest, fresh) or self._open_other(rest)
            if opened is None:
                return rest
            rest, fresh = lines.expand(opened[0]), True
            if not rest.strip():
                return ""

    def _push(self, box: Box) -> None:
        if len(self.boxes) >= NESTING:
            raise OverLimit(_("Quotes and lists are nested more than {limit} deep.", limit=NESTING))
        self.keys += 1
        box.key = self.keys
        self.boxes.append(box)

    def _open_quote(self, rest: str) -> tuple[str] | None:
        match = lines.QUOTE.match(rest)
        if match is None:
            return None
        self._flush()
        inner = rest[match.end() :]
        callout = lines.CALLOUT.match(inner)
        kind = callouts.KINDS.get(callout[1].lower()) if callout else None
        if callout is None or kind is None:
            self._push(Box(quoted=True, prefix="> "))
            return (inner,)
        title = Piece(callout[2], self._offset(callout[2]))
        self._open_callout(kind, callouts.label(kind, callout[1]), title, Box(quoted=True))
        return ("",)

    def _open_item(self, rest: str, fresh: bool) -> tuple[str] | None:
        match = lines.starts_item(rest)
        if match is None:
            return None
        is_empty = not rest[match.end() :].strip()
        ordered = match[2] not in "-+*"
        if self.paragraph and not fresh and not self._may_interrupt(ordered, match[2], is_empty):
            return None
        self._flush()
        self._part_lists(match[2])
        spaces = len(match[3])
        indent = len(match[1]) + len(match[2]) + (spaces if 1 <= spaces <= 4 and not is_empty else 1)
        marker = f"{match[2][:-1]}." if ordered else match[2]
        self._push(Box(quoted=False, indent=indent, prefix=INDENT, marker=marker.ljust(3) + " ", is_item=True))
        return (rest[indent:] if not is_empty else "",)

    def _part_lists(self, marker: str) -> None:
        """Begin a new list where the way of marking changes or a number is left out: Python-Markdown would go on with
        the old one, and the number would be lost."""
        number = int(marker[:-1]) if marker[:-1] else 0
        last = self.items.get(self._where())
        self.items[self._where()] = (marker[-1], number)
        goes_on = last is None or (last[0] == marker[-1] and number - last[1] in {0, 1})
        if not goes_on and len(self.written_boxes) > len(self.boxes):
            self._write_alone(self._nothing())

    def _nothing(self) -> str:
        return self.islands.add(TagIsland("", "", "", is_block=True, is_void=True, twin=True))

    def _may_interrupt(self, ordered: bool, marker: str, is_empty: bool) -> bool:
        """Say whether an item may follow a paragraph's line: in a text, `1986. Rumelhart` is no list."""
        if is_empty:
            return False
        return not ordered or marker[:-1] == "1" or any(box.is_item for box in self.boxes)

    def _open_other(self, rest: str) -> tuple[str] | None:
        if (match := lines.FOOTNOTE.match(rest)) and match[1] not in self.notes:
            self._flush()
            self.notes.add(match[1])
            self._push(Box(quoted=False, indent=4, prefix=INDENT, marker=f"[^{match[1]}]: "))
            return (rest[match.end() :],)
        match = lines.ADMONITION.match(rest)
        if match is None or not self._next_line_is_indented():
            return None
        self._flush()
        kind = callouts.KINDS.get((match[2] or "").lower())
        title = match[3] if match[3] is not None else (match[2] or "") if kind is None else ""
        piece = Piece(title, self._offset(rest) + max(0, rest.strip().find(title)))
        box = Box(quoted=False, indent=4)
        if match[1].startswith("?"):
            self._open_details(match[1] == "???+", piece, kind, box)
        else:
            self._open_callout(kind or "note", callouts.label(kind or "note", match[2] or ""), piece, box)
        return ("",)

    def _next_line_is_indented(self) -> bool:
        following = next((line for line in self.lines[self.index + 1 : self.index + 3] if line.strip()), "")
        return lines.indent_of(self._continue(lines.expand(following))[1]) >= 4

    def _open_callout(self, kind: str, word: str, title: Piece, box: Box) -> None:
        where = self._where()
        start = self._own_tag("div", f'<div class="callout callout-{kind}">', where, is_quote=box.quoted)
        box.closing = self._own_tag("div", "</div>", where, is_end=True, is_quote=box.quoted)
        label = self._own_tag("p", f'<p class="callout-title"><strong>{escape(word)}</strong> ', where)
        words = self._scan([title]) if title.text.strip() else ""
        self._write_alone(start)
        self._write_alone(label + words + self._own_tag("p", "</p>", where, is_end=True))
        self._push(box)

    def _open_details(self, is_open: bool, title: Piece, kind: str | None, box: Box) -> None:
        where = self._where()
        start = self._own_tag("details", "<details open>" if is_open else "<details>", where)
        box.closing = self._own_tag("details", "</details>", where, is_end=True)
        words = self._scan([title]) if title.text.strip() else callouts.label(kind or "note")
        self._write_alone(start)
        self._write_alone(
            self._own_tag("summary", "<summary>", where)
            + words
            + self._own_tag("summary", "</summary>", where, is_end=True)
        )
        self._push(box)

    def _own_tag(self, name: str, html: str, where: int, *, is_end: bool = False, is_quote: bool = False) -> str:
        """Make an island of a tag that we open and close ourselves."""
        tag = TagIsland("", name, html, is_block=True, is_end=is_end, is_void=True, where=where, twin=True)
        tag.is_quote = is_quote
        return self.islands.add(tag)

    def _where(self) -> int:
        return self.boxes[-1].key if self.boxes else 0

    def _close_to(self, depth: int) -> None:
        if len(self.boxes) > depth:
            self._flush()
        while len(self.boxes) > depth:
            if self.boxes[-1].marker:
                self._write([self._nothing()])
            box = self.boxes.pop()
            if box.closing:
                self._write_alone(box.closing)

    # === Leaves ===

    def _leaf(self, rest: str) -> None:
        if not self.paragraph and lines.indent_of(rest) >= 4:
            self._indented_code(rest)
        elif match := lines.FENCE.match(rest):
            self._fence(rest, match)
        elif match := lines.HEADING.match(rest):
            self._heading(match, rest)
        elif self._is_underline(rest):
            self._underlined(rest)
        elif lines.RULE.match(rest):
            self._flush()
            self._write(["* * *"])
        else:
            self._text(rest)

    def _is_underline(self, rest: str) -> bool:
        return len(self.paragraph) == 1 and lines.UNDERLINE.match(rest) is not None

    def _underlined(self, rest: str) -> None:
        level = "#" if rest.strip()[0] == "=" else "##"
        title, self.paragraph = self.paragraph, []
        self._write([f"{level} {self._scan(title).strip()}"])

    def _heading(self, match: re.Match[str], rest: str) -> None:
        self._flush()
        words = re.sub(r"[ \t]+#+[ \t]*$", "", match[2] or match[4] or "").strip()
        level = match[1] or match[3]
        if not words:
            self._add(rest)
            return
        offset = self._offset(rest) + rest.lstrip(" ").find(words)
        self._write([f"{level} {self._scan([Piece(words, offset)])}"])

    def _text(self, rest: str) -> None:
        if self._starts_table(rest):
            self._table(rest)
            return
        self._add(rest)
        closer = lines.open_display(rest)
        if closer and (not closer.startswith("\\end") or _KNOWN_ENVIRONMENT.match(closer)):
            self._absorb(rest, closer)

    def _add(self, rest: str) -> None:
        text = rest.lstrip(" ")
        self.paragraph.append(Piece(text, self._offset(rest)))

    def _absorb(self, rest: str, closer: str) -> None:
        """Take the lines of an open display formula into the paragraph, whatever they look like, up to its end."""
        end = self._end_of_display(rest.strip(), closer)
        while self.index < end:
            self.index += 1
            line = self._continue(lines.expand(self.lines[self.index]))[1]
            self._add(line)
            if self.index == end and (again := lines.open_display(line.split(closer, 1)[1])):
                end = self._end_of_display(line, again)
                closer = again

    def _end_of_display(self, opening: str, closer: str) -> int:
        """Return the index of the line that holds the delimiter, or the current one when the formula never ends."""
        alone = opening in {"$$", "\\["} or opening.startswith("\\begin{")
        if self.index < self.no_end.get(closer, -1):
            return self.index
        length = 0
        for index in range(self.index + 1, len(self.lines)):
            line = self.lines[index]
            length += len(line) + 1
            if length > 2 * FORMULA_LENGTH or (not alone and not line.strip(" \t>")):
                self.no_end[closer] = index
                return self.index
            if closer in line:
                return index
        self.no_end[closer] = len(self.lines)
        return self.index

    # === Code ===

    def _fence(self, rest: str, match: re.Match[str]) -> None:
        self._flush()
        mark, about = match[1] or match[3], (match[2] or match[4] or "").strip()
        margin = lines.indent_of(rest)
        first = self.index + 1
        code: list[str] = []
        offsets: list[int] = []
        closed = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
        while self.index + 1 < len(self.lines):
            matched, line = self._continue(lines.expand(self.lines[self.index + 1]))
            if matched < len(self.boxes):
                break
            self.index += 1
            if closed.match(line):
                break
            cut = min(margin, lines.indent_of(line))
            code.append(line[cut:])
            offsets.append(self.offsets[self.index + 1] - 1 - len(line) + cut)
        self._write_code(code, about, first + 1, offsets, mark)

    def _write_code(self, code: list[str], about: str, line: int, offsets: list[int], mark: str) -> None:
        named, _space, more = about.partition(" ")
        language = named.strip("{}.").lower()
        text = "\n".join(code)
        written = f"{mark}{about}\n{text}\n{mark}"
        if language == "math" and text.strip():
            anchors = []
            position = 0
            for part, offset in zip(code, offsets, strict=True):
                anchors.append((position, offset))
                position += len(part) + 1
            island: Island = FormulaIsland(written, text, True, anchors)
        else:
            title = re.sub(r'\btitle="([^"]*)"', r"\1", more if language in NAMES else about).strip()
            island = BlockIsland(written, text, language, line, title)
        self._write([self.islands.add(island)], joined=bool(self.boxes) and not self.gap)

    def _indented_code(self, rest: str) -> None:
        first, code, blanks = self.index + 1, [rest[4:]], 0
        while self.index + 1 < len(self.lines):
            matched, line = self._continue(lines.expand(self.lines[self.index + 1]))
            if matched < len(self.boxes) or (line.strip() and lines.indent_of(line) < 4):
                break
            self.index += 1
            blanks = 0 if line.strip() else blanks + 1
            code.append(line[4:])
        self.index -= blanks
        code = code[: len(code) - blanks] if blanks else code
        text = "\n".join(code)
        self._write([self.islands.add(BlockIsland(text, text, "", first))])

    # === Tables ===

    def _starts_table(self, rest: str) -> bool:
        if not self.paragraph or "-" not in rest or ("|" not in rest and "|" not in self.paragraph[-1].text):
            return False
        if not lines.TABLE_RULE.match(rest):
            return False
        head = self._scan_row(self.paragraph[-1], peek=True)
        return _columns(head) == _columns(rest.strip())

    def _table(self, rest: str) -> None:
        head = self.paragraph.pop()
        self._flush()
        columns = _columns(rest.strip())
        if columns > TABLE_COLUMNS:
            raise OverLimit(_("A table has {count} columns; the limit is {limit}.", count=columns, limit=TABLE_COLUMNS))
        rows = [self._scan_row(head), rest.strip()]
        while self.index + 1 < len(self.lines):
            matched, line = self._continue(lines.expand(self.lines[self.index + 1]))
            if matched < len(self.boxes) or not line.strip() or "|" not in line or lines.FENCE.match(line):
                break
            self.index += 1
            rows.append(self._scan_row(Piece(line.lstrip(" "), self._offset(line))))
        self.cells += columns * len(rows)
        if self.cells > TABLE_CELLS:
            raise OverLimit(
                _("The tables have {count} cells; the limit is {limit}.", count=self.cells, limit=TABLE_CELLS)
            )
        self._write([_bordered(row) for row in rows])
        self.gap = True

    def _scan_row(self, row: Piece, *, peek: bool = False) -> str:
        """Scan one row; a peek leaves no islands behind."""
        count = len(self.islands.all)
        scanned = self._scan([row])
        if peek:
            del self.islands.all[count:]
        return scanned.strip()

    # === Writing ===

    def _scan(self, pieces: list[Piece]) -> str:
        text = "\n".join(piece.text for piece in pieces)
        starts = [0]
        for piece in pieces:
            starts.append(starts[-1] + len(piece.text) + 1)

        def offset_of(index: int) -> int:
            line = min(bisect_right(starts, index) - 1, len(pieces) - 1)
            return pieces[line].offset + index - starts[line]

        return self.scanner.scan(text, offset_of, where=self._where())

    def _flush(self) -> None:
        """Write the paragraph that is open."""
        if not self.paragraph:
            return
        pieces, self.paragraph = self.paragraph, []
        text = self._scan(pieces)
        for segment in self._split_at_blocks(text):
            self._write([_plain_start(line) for line in _join_unspaced(segment.split("\n"))], joined=not self.gap)

    def _split_at_blocks(self, text: str) -> list[str]:
        """Let every pasted block tag stand alone."""
        segments: list[str] = []
        position = 0
        for match in PLACEHOLDER.finditer(text):
            island = self.islands.get(match[1])
            if isinstance(island, TagIsland) and island.is_block:
                segments += [text[position : match.start()], match[0]]
                position = match.end()
        if not segments:
            return [text]
        return [segment.strip("\n") for segment in [*segments, text[position:]] if segment.strip()]

    def _write_alone(self, placeholder: str) -> None:
        self.gap = True
        self._write([placeholder])
        self.gap = True

    def _write(self, block: list[str], *, joined: bool = False) -> None:
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
            self.last_item = _list_kind(kind)
        self.written_boxes = list(self.boxes)
        self.gap = False

    def _may_join(self, joined: bool, kind: str) -> bool:
        if self.gap:
            return False
        if kind.startswith("[^"):
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
        return before[fresh].is_item and (len(before) > fresh + 1 or self.last_item == _list_kind(kind))

    def _shared_prefix(self) -> str:
        """Return what a blank line must begin with to stay inside the quotes that go on."""
        shared = ""
        for box, before in zip(self.boxes, self.written_boxes, strict=False):
            if box is not before:
                break
            shared += box.prefix
        return shared.rstrip()


def _list_kind(marker: str) -> str:
    return "ol" if marker[:1].isdigit() else "ul"


def _columns(row: str) -> int:
    row = row.removeprefix("|")
    return row.removesuffix("|").count("|") + 1


def _bordered(row: str) -> str:
    """Give a row its outer borders: without them a table of one column is none."""
    row = row if row.startswith("|") else f"| {row}"
    return row if row.endswith("|") and row != "|" else f"{row} |"


def _plain_start(line: str) -> str:
    """Escape what at the start of a paragraph's line would mean something to Python-Markdown."""
    line = line.lstrip(" ")
    if match := _NUMBERED_LINE.match(line):
        return f"{match[1]}{escaped(match[2])}{line[match.end(2) :]}"
    if line.startswith(("#", ">", "[^")) or _BULLET_LINE.match(line):
        return escaped(line[0]) + line[1:]
    return line


def _join_unspaced(block: list[str]) -> list[str]:
    """Join lines that break between two Chinese or Japanese characters: there a line break is not a space."""
    joined: list[str] = []
    for line in block:
        if joined and is_unspaced(joined[-1][-1:]) and is_unspaced(line.lstrip(" ")[:1]):
            joined[-1] += line.lstrip(" ")
        else:
            joined.append(line)
    return joined
