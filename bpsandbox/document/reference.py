"""Generate the reference of the result document from its types.

python -m bpsandbox.document.reference > docs/result.md
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from bpsandbox.document import Document, Part
from bpsandbox.document.kinds import Kind
from bpsandbox.document.reading import is_required, json_name
from bpsandbox.document.worked import WorkedExample, WorkedKind

INTRODUCTION = """\
# The result of a run

The result of a run is one JSON document. `./run manage train FILE --json -` writes it, the run page offers it as
`result.json`, and in Python it is an object:

```python
from bpsandbox import core, spec
from bpsandbox.document import Document

parsed = spec.parse("{dataset: {name: xor}, model: {layers: [{type: Linear, out_features: 1}]}, loss: {type: MSELoss}}")
document = core.run(spec.build(parsed)).document()
assert document.final["train_loss"][0] == document.curves["train_loss"][-1][0]
assert Document.from_json(document.to_json()) == document
```

`Document.from_json` is strict. A missing or unknown field, a number that is not finite or not below 1e308 in size, or a
list of the wrong length raises `InvalidDocument` with its path, such as
`curves.train_loss[3][0]: expected a finite number or null, got inf`. `Document.from_store` reads stored documents, also
of other engines, and ignores unknown fields.

After a seed has stopped, its values are null. Fields marked *if any* are omitted when they have no value. Gradient
norms, statistics of activations, learning rates and the outputs of a decision boundary have six digits; all other
numbers are exact.

This page is generated from the types: `python -m bpsandbox.document.reference > docs/result.md`.
"""
AFTER = """\

## Smaller forms

A site stores two more forms of a result. `CardDocument` has few points, rounded, and no records. Its additional fields
are `shows`, the names of the records in the whole result, and `drawn`, the indices of the seeds in the curves (all, if
omitted). `Progress` is a run in training: `points`, each `[epoch, step, {name: [one value per seed]}]`, `epoch` of
`epochs`, and `eta` in seconds.
"""


def page() -> str:
    """Return the whole page, in Markdown."""
    return "\n".join([INTRODUCTION, *_sections(), AFTER.strip()]).rstrip() + "\n"


def _sections() -> Iterator[str]:
    for part in parts_of(Document):
        yield f"## {part.__name__}\n"
        yield f"{_paragraph(inspect.getdoc(part) or '')}\n"
        yield "| field | what | values | |"
        yield "|---|---|---|---|"
        hints, said = get_type_hints(part, include_extras=True), sentences(part)
        for each in fields(part):  # type: ignore[arg-type]
            row = (f"`{json_name(each)}`", said.get(each.name, ""), _cell(each, hints[each.name]), _presence(each))
            yield f"| {' | '.join(row)} |"
        yield ""


def parts_of(root: type[Part]) -> list[type[Part]]:
    """Return a part and all parts in it, each once, breadth first."""
    found = [root]
    for part in found:
        for hint in get_type_hints(part, include_extras=True).values():
            found += [inner for inner in _parts_in(hint) if inner not in found]
    return found


def _parts_in(hint: Any) -> Iterator[type[Part]]:
    kind = _kind(hint)
    if isinstance(kind, WorkedKind):
        yield WorkedExample
    elif isinstance(hint, type) and issubclass(hint, Part):
        yield hint
    elif kind is None:
        for inner in get_args(hint):
            yield from _parts_in(inner)


def sentences(part: type[Part]) -> dict[str, str]:
    """Return the docstring of each field of a part, inherited ones included."""
    found: dict[str, str] = {}
    for owner in reversed(part.__mro__[:-1]):
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(tree, ast.ClassDef)
        for field, after in zip(tree.body, tree.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(after):
                found[field.target.id] = _paragraph(inspect.cleandoc(after.value.value))  # type: ignore[attr-defined]
    return found


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _paragraph(text: str) -> str:
    """Join the lines of each paragraph."""
    return "\n\n".join(re.sub(r"\s+", " ", each) for each in text.split("\n\n"))


def _cell(field: Field[Any], hint: Any) -> str:
    """Describe the values of a field, without null if the field is omitted instead."""
    if field.default is None and not isinstance(_kind(hint), WorkedKind):
        hint = Union[tuple(each for each in get_args(hint) if each is not type(None))]  # noqa: UP007
    return described(hint).replace("|", "\\|")


def described(hint: Any) -> str:
    """Describe the values of a type."""
    kind, origin, arguments = _kind(hint), get_origin(hint), get_args(hint)
    if isinstance(kind, WorkedKind):
        return _link(WorkedExample)
    if kind is not None:
        return kind.words
    if origin in (Union, types.UnionType):
        return " or ".join("null" if each is type(None) else described(each) for each in arguments)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in arguments)
    if origin is tuple:
        return f"list of {_several(arguments[0])}" if arguments[-1] is Ellipsis else f"{len(arguments)} numbers"
    if origin is dict:
        return f"by name: {described(arguments[1])}"
    return _link(hint)


def _several(hint: Any) -> str:
    """Describe the items of a list."""
    kind = _kind(hint)
    if kind is not None:
        return kind.plural
    if get_origin(hint) is tuple:
        return f"lists of {_several(get_args(hint)[0])}"
    return described(hint)


def _link(part: type[Part]) -> str:
    return f"[{part.__name__}](#{part.__name__.lower()})"


def _kind(hint: Any) -> Kind | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((each for each in get_args(hint) if isinstance(each, Kind)), None)


def _presence(field: Field[Any]) -> str:
    """Say when a field is present: always, or only if it has a value."""
    if is_required(field) or field.default_factory is not MISSING:
        return "always"
    return "if any" if field.default is None else "always"


if __name__ == "__main__":
    sys.stdout.write(page())
