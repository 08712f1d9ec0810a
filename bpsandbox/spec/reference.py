"""Generate the reference of the config language from its declaration, in any language with a catalogue.

python -m bpsandbox.spec.reference > docs/config.md
python -m bpsandbox.spec.reference zh_Hans > docs/config.zh-hans.md
"""

from __future__ import annotations

import gettext
import sys
from collections.abc import Iterator
from typing import Any

from bpsandbox.core.data.datasets import SETS, CatalogueEntry
from bpsandbox.core.data.datasets.catalogue import FREE
from bpsandbox.messages import LOCALE, _, sentences, speaking

from .language import CONFIG, dataset
from .language.activation import ACTIVATION
from .language.dataset import DatasetKind
from .language.initialisation import BIAS_INIT, INIT
from .language.layer import LAYER
from .language.sweep import SWEEP
from .presets import PRESETS
from .problems import marking
from .records import REQUIRED, Field, Record, Variant
from .reference_text import AFTER, BEFORE, BLOCKS


def page() -> str:
    """Return the whole page in Markdown."""
    return "\n".join([*_said(BEFORE), *_top(), *_blocks(), *_said(AFTER), *_presets()]).rstrip() + "\n"


def page_in(language: str) -> str:
    """Return the page in a language with a catalogue, such as zh_Hans."""
    with speaking(gettext.translation("django", LOCALE, [language]).gettext):
        return page()


def _said(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield _(paragraph) + "\n"


def _top() -> Iterator[str]:
    yield _("## The blocks") + "\n"
    yield from _table(CONFIG.fields)


def _blocks() -> Iterator[str]:
    yield from _block("dataset", _dataset())
    yield from _block("model", _variants(LAYER, skip=ACTIVATION.records))
    yield from _block("activation", _variants(ACTIVATION))
    yield from _block("init", _variants(INIT))
    yield from _block("bias_init", [_words(BIAS_INIT.records)])
    for name in ("loss", "regularization", "optimizer", "lr_scheduler", "gradient_clipping", "training"):
        yield from _block(name, _kind(CONFIG.fields[name].kind))
    yield from _block("stopping", _kind(CONFIG.fields["stopping"].kind.item))  # type: ignore[attr-defined]
    yield from _block("compat", [])
    for name in ("checks", "record"):
        yield from _block(name, _nested(CONFIG.fields[name].kind))  # type: ignore[arg-type]
    yield from _block("sweep", _table_of(SWEEP))


def _block(name: str, lines: Any) -> Iterator[str]:
    yield f"\n## `{name}`\n"
    if name in BLOCKS:
        yield _(BLOCKS[name]) + "\n"
    yield from lines


def _kind(kind: Any) -> Iterator[str]:
    return _variants(kind) if isinstance(kind, Variant) else _table_of(kind)


def _table_of(record: Record) -> Iterator[str]:
    yield from _table(record.fields)


def _nested(record: Record) -> Iterator[str]:
    """Describe a block of blocks, with one table each."""
    for name, known in record.fields.items():
        if isinstance(known.kind, Record):
            yield f"`{name}`:\n"
            yield from _table(known.kind.fields)
            yield ""
        else:
            yield f"`{name}`: {sentences(_(known.doc), _values(known))}\n"


def _dataset() -> Iterator[str]:
    yield f"| {_('name')} | {_('description')} | {_('how it is made')} | {_('own fields')} |"
    yield "|---|---|---|---|"
    for name, record in dataset.NAMED.records.items():
        own = {field: known for field, known in record.fields.items() if field not in dataset.PREPARATION}
        yield f"| `{name}` | {_(SETS[name].about)} | {_made(SETS[name])} | {_brief(own)} |"
    yield "\n" + _("`points`, instead of a name:") + "\n"
    yield from _table(dataset.POINTS.fields)
    yield "\n" + _("With every set:") + "\n"
    yield from _table(dataset.PREPARATION)
    yield "\n`split`:\n"
    yield from _table(dataset.SPLIT.fields)


def _made(known: CatalogueEntry) -> str:
    """Describe how a data set is made, and its source and licence."""
    source = "" if known.licence == FREE else f" ({known.source}, {known.licence})"
    return f"{_(known.formula)}{source}".replace("|", "\\|")


def _variants(variant: Variant, skip: Any = ()) -> Iterator[str]:
    yield f"| {variant.tag} | {_('fields')} |"
    yield "|---|---|"
    for name, record in variant.records.items():
        if name not in skip:
            yield f"| `{name}` | {_brief(record.fields)} |"
    if variant.aliases:
        pairs = ", ".join(f"`{theirs}` → `{ours}`" for theirs, ours in variant.aliases.items() if ours not in skip)
        yield "\n" + _("Other names: {pairs}.", pairs=pairs)
    yield from _meanings({name: record for name, record in variant.records.items() if name not in skip})


def _meanings(records: dict[str, Record]) -> Iterator[str]:
    """Describe every field of the records once; a field with several meanings once for each."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for record_name, record in records.items():
        for name, known in record.fields.items():
            groups.setdefault((name, _(known.doc), _values(known)), []).append(record_name)
    several = [name for name, *_said in groups]
    if groups:
        yield f"\n| {_('field')} | {_('description')} | {_('values')} |"
        yield "|---|---|---|"
    for (name, what, values), owners in groups.items():
        whose = f" ({_words(owners)})" if several.count(name) > 1 else ""
        yield f"| `{name}`{whose} | {what} | {values} |"


def _table(fields: dict[str, Field]) -> Iterator[str]:
    yield f"| {_('field')} | {_('description')} | {_('values')} | {_('default')} |"
    yield "|---|---|---|---|"
    for name, known in fields.items():
        yield f"| `{name}` | {_(known.doc)} | {_values(known)} | {_default(known)} |"


def _values(known: Field) -> str:
    """Describe the allowed values; blocks have their own section."""
    is_block = isinstance(known.kind, Record | Variant | DatasetKind)
    if is_block:
        return _("a block, see below")
    with marking("`"):
        return known.kind.describe().replace("|", "\\|")


def _brief(fields: dict[str, Field]) -> str:
    return ", ".join(f"`{name}`{_value(known)}" for name, known in fields.items()) or "–"


def _value(known: Field) -> str:
    if known.default is REQUIRED:
        return _(" (required)")
    return "" if known.default is None else f" = {_spelled(known.default)}"


def _default(known: Field) -> str:
    if known.default is REQUIRED:
        return _("required")
    return "–" if known.default is None else f"`{_spelled(known.default)}`"


def _spelled(value: Any) -> str:
    """Write a default as in a config."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_spelled, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_spelled(item)}" for name, item in value.items() if item is not None) + "}"
    return str(value) or '""'


def _words(records: Any) -> str:
    return ", ".join(f"`{name}`" for name in records)


def _presets() -> Iterator[str]:
    for preset in PRESETS.values():
        target = _("Target: {target}.", target=preset.target) + "\n\n" if preset.target else ""
        yield f"\n### {preset.title}\n\n{target}```yaml\n{preset.text.rstrip()}\n```"


if __name__ == "__main__":
    sys.stdout.write(page_in(sys.argv[1]) if len(sys.argv) > 1 else page())
