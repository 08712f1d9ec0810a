"""Writing down the NumPy calls that a function makes, to make them again with nothing in between.

A step does the same calls on the same arrays every time. So a layer is run once on arrays that write down what is done
with them, and from then on a step is the flat list of those calls: no method is looked up, no view made, no Python
number turned into an array. A function whose calls depend on numbers, or that makes arrays NumPy does not tell of, is
refused, and is called as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

import numpy as np

Array = np.ndarray
Call = tuple[Callable[..., Any], tuple[Any, ...]]


class NotRecordable(Exception):
    """What the function does next cannot be written down."""


def recorded(function: Callable[..., None], arrays: tuple[Array | None, ...]) -> list[Call]:
    """The calls that the method `function(*arrays)` makes; the method itself as the only one when they cannot be told.

    It is run once, so the arrays are written to, and what they hold must be safe to compute with.
    """
    calls: list[Call] = []
    owner, method = function.__self__, function.__func__  # type: ignore[attr-defined]
    stand_in = copy.copy(owner)
    vars(stand_in).update({name: _watched_inside(value, calls) for name, value in vars(owner).items()})
    before = dict(vars(stand_in))
    try:
        method(stand_in, *(_watched_inside(array, calls) for array in arrays))
        _keep_what_it_made(owner, before, vars(stand_in))
    except NotRecordable:
        function(*arrays)  # what it leaves on its owner is there for the next one
        return [(function, arrays)]
    return calls


def _keep_what_it_made(owner: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give the owner the arrays that its method left on itself: the calls fill the same ones every time."""
    for name, value in after.items():
        if name in before and value is before[name]:
            continue
        if not isinstance(value, np.ndarray) and name in before and value != before[name]:
            raise NotRecordable(f"{name} changes")
        setattr(owner, name, _plain(value))


def _watched_inside(value: Any, calls: list[Call]) -> Any:
    """Arrays, and lists of arrays, as arrays that write down; anything else as it is."""
    if isinstance(value, np.ndarray):
        return _watched(value, calls)
    if type(value) in (list, tuple) and any(isinstance(item, np.ndarray | list | tuple) for item in value):
        return type(value)(_watched_inside(item, calls) for item in value)
    return value


class Watched(np.ndarray):
    """An array that writes down every call it takes part in."""

    calls: list[Call]

    def __array_finalize__(self, parent: Any) -> None:
        self.calls = getattr(parent, "calls", [])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if ufunc.nout != 1 or method not in ("__call__", "reduce"):
            raise NotRecordable(f"{ufunc.__name__}.{method}")
        inputs, out = tuple(_plain(value) for value in inputs), _plain(keywords.pop("out", (None,))[0])
        keywords = {name: _plain(value) for name, value in keywords.items()}
        function = ufunc if method == "__call__" else ufunc.reduce
        result = np.asarray(function(*inputs, out=out, **keywords))  # type: ignore[misc]
        self.calls.append(_positional(function, inputs, result, keywords))
        return _watched(result, self.calls)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        arguments = tuple(_plain(value) for value in arguments)
        keywords = {name: _plain(value) for name, value in keywords.items()}
        result = function(*arguments, **keywords)
        if result is None or result is keywords.get("out"):
            self.calls.append(_called(function, arguments, keywords))
            return result if result is None else _watched(result, self.calls)
        return _watched(_view(result, *arguments), self.calls)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return _view(super().__getitem__(key), self)

    def __setitem__(self, key: Any, value: Any) -> None:
        np.copyto(self[key], value)

    def fill(self, value: Any) -> None:
        np.copyto(self, value)

    def reshape(self, *shape: Any, **keywords: Any) -> Any:
        return _view(super().reshape(*shape, **keywords), self)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotRecordable("its calls depend on numbers, or NumPy does not tell of them")

    __bool__ = __int__ = __float__ = __index__ = _refuse
    item = tolist = sort = partition = put = take = dot = copy = astype = argmax = argmin = argsort = _refuse
    choose = compress = cumsum = cumprod = repeat = round = clip = flatten = ravel = resize = nonzero = _refuse


def _watched(array: Array, calls: list[Call]) -> Watched:
    view = array.view(Watched)
    view.calls = calls
    return view


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, np.ndarray) else value


def _view(result: Any, *sources: Any) -> Any:
    """The result, when it looks at the memory of what it was made of: a copy would stay as it is now."""
    arrays = [_plain(source) for source in sources if isinstance(source, np.ndarray)]
    if isinstance(result, np.ndarray) and not result.size:
        return result
    if isinstance(result, np.ndarray) and any(np.may_share_memory(_plain(result), array) for array in arrays):
        return result
    raise NotRecordable("a copy")


def _positional(function: Any, inputs: tuple[Any, ...], out: Array, keywords: dict[str, Any]) -> Call:
    """The call with its numbers as arrays, which NumPy takes faster, and without keywords where it can be."""
    if isinstance(function, np.ufunc):
        kind = np.result_type(*inputs)
        inputs = tuple(value if isinstance(value, np.ndarray) else np.asarray(value, kind) for value in inputs)
        if function in (np.maximum, np.minimum):  # these alone want their output by name
            return _called(partial(function, out=out), inputs, keywords)
        return _called(function, (*inputs, out), keywords)
    if keywords.keys() <= {"axis", "keepdims"}:
        axis = keywords.get("axis", 0)
        return function, (*inputs, axis, None, out, keywords.get("keepdims", False))
    return _called(partial(function, out=out), inputs, keywords)


def _called(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Call:
    if function is np.dot and keywords.keys() == {"out"}:
        return np.dot, (*arguments, keywords["out"])
    return (partial(function, **keywords) if keywords else function), arguments
