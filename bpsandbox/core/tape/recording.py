"""Writing down the NumPy calls that a method makes, to make them again with nothing in between.

A step does the same calls on the same arrays every time. So a layer is run once on stand-ins for its arrays, which
write down what is done with them, and from then on a step is the flat list of those calls: no method is looked up, no
view made, no Python number turned into an array, no array made. A method whose calls depend on numbers, or that does
what a stand-in cannot tell of, is not written down: it is called as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bpsandbox.core.errors import BackpropError

Array = np.ndarray
Call = tuple[Callable[..., Any], tuple[Any, ...]]


VIEWS = (
    np.lib.stride_tricks.sliding_window_view, np.broadcast_to, np.expand_dims, np.moveaxis, np.reshape, np.squeeze,
    np.swapaxes, np.transpose, np.shape, np.ndim, np.size,
)  # fmt: skip
"""Functions that write nothing: what they give is a look at what they are given."""


class NotRecordable(Exception):
    """What the method does next cannot be written down."""


def recorded(
    function: Callable[..., None], arrays: tuple[Array | None, ...], given: tuple[int, ...] = ()
) -> list[Call]:
    """The calls that the method `function(*arrays)` makes; the method itself as the only one when they cannot be told.

    It is run once, so the arrays are written to, and what they hold must be safe to compute with. Those at the places
    `given` are others': raises BackpropError when the method writes to them.
    """
    calls: list[Call] = []
    owner, method = function.__self__, function.__func__  # type: ignore[attr-defined]
    stand_in = copy.copy(owner)
    vars(stand_in).update({name: _watched(value, calls) for name, value in vars(owner).items()})
    before = dict(vars(stand_in))
    try:
        method(stand_in, *(_watched(array, calls, place in given) for place, array in enumerate(arrays)))
        _keep_what_it_made(owner, before, vars(stand_in))
    except BackpropError:
        raise
    except Exception:  # a stand-in is no array: what is really wrong shows when the method is called
        function(*arrays)
        return [(function, arrays)]
    return calls


def _keep_what_it_made(owner: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give the owner the arrays that its method left on itself: the calls fill the same ones every time."""
    for name, value in after.items():
        if name in before and value is before[name]:
            continue
        others = [other for other in before.values() if isinstance(other, Watched)]
        if isinstance(value, Watched) and any(value.array is other.array for other in others):
            raise NotRecordable(f"{name} becomes another of its arrays")
        if not isinstance(value, Watched | list | tuple | dict) and getattr(owner, name, value) != value:
            raise NotRecordable(f"{name} changes")
        setattr(owner, name, _plain(value))


class Watched(NDArrayOperatorsMixin):
    """A stand-in for an array, which writes down every call that it takes part in."""

    __slots__ = ("array", "calls", "is_given")

    def __init__(self, array: Array, calls: list[Call], is_given: bool) -> None:
        self.array, self.calls, self.is_given = array, calls, is_given

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Watched:
        if ufunc.nout != 1 or method not in ("__call__", "reduce"):
            raise NotRecordable(f"{ufunc.__name__}.{method}")
        (out,) = keywords.pop("out", (None,))
        _refuse_others(out)
        inputs, keywords = _plain(inputs), _plain(keywords)
        function = ufunc if method == "__call__" else ufunc.reduce
        result = np.asarray(function(*inputs, out=_plain(out), **keywords))  # type: ignore[misc]
        self.calls.append(_positional(function, inputs, result, keywords))
        return out if isinstance(out, Watched) else Watched(result, self.calls, False)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        out = arguments[0] if function is np.copyto else keywords.get("out")
        if out is None and function not in VIEWS:
            raise NotRecordable(f"{function.__name__} makes a new array, or is told where to write without a name")
        _refuse_others(out)
        plain, plain_keywords = _plain(arguments), _plain(keywords)
        result = function(*plain, **plain_keywords)
        if result is None or result is plain_keywords.get("out"):
            self.calls.append(_called(function, plain, plain_keywords))
            return keywords.get("out")
        return self._view(result, *plain) if isinstance(result, np.ndarray) else result

    def _view(self, result: Any, *sources: Any) -> Watched:
        """A view of the sources' memory: a copy would stay as it is now."""
        arrays = [source for source in sources if isinstance(source, np.ndarray)]
        if not isinstance(result, np.ndarray) or (
            result.size and not any(np.may_share_memory(result, array) for array in arrays)
        ):
            raise NotRecordable("a copy")
        return Watched(result, self.calls, self.is_given)

    def __getitem__(self, key: Any) -> Watched:
        return self._view(self.array[key], self.array)

    def __setitem__(self, key: Any, value: Any) -> None:
        np.copyto(self[key], value)  # type: ignore[arg-type]

    def fill(self, value: Any) -> None:
        np.copyto(self, value)  # type: ignore[arg-type]

    def reshape(self, *shape: Any) -> Watched:
        return self._view(self.array.reshape(*shape), self.array)

    def swapaxes(self, one: int, other: int) -> Watched:
        return self._view(self.array.swapaxes(one, other), self.array)

    def transpose(self, *axes: Any) -> Watched:
        return self._view(self.array.transpose(*axes), self.array)

    def sum(self, axis: Any = None, *, keepdims: bool = False, out: Any = None) -> Any:
        return np.add.reduce(self, axis=axis, keepdims=keepdims, out=out)  # type: ignore[arg-type]

    def max(self, axis: Any = None, *, keepdims: bool = False, out: Any = None) -> Any:
        return np.maximum.reduce(self, axis=axis, keepdims=keepdims, out=out)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Watched]:
        return (self[place] for place in range(len(self)))

    shape = property(lambda self: self.array.shape)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    dtype = property(lambda self: self.array.dtype)
    flags = property(lambda self: self.array.flags)
    T = property(lambda self: self.transpose())

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotRecordable("what it does depends on numbers, or leaves the stand-in behind")

    __bool__ = __int__ = __float__ = __index__ = __array__ = _refuse


def _refuse_others(out: Any) -> None:
    """Refuse to write to arrays that were made without telling, and to those of others."""
    if isinstance(out, np.ndarray):
        raise NotRecordable("an array that no stand-in stands for")
    if isinstance(out, Watched) and out.is_given:
        raise BackpropError(
            "A layer writes to an array that is not its own: x and dy belong to its neighbours. Write to y, to dx, "
            "to the gradients of parameters, or to an array that you make."
        )


def _watched(value: Any, calls: list[Call], is_given: bool = False) -> Any:
    """Arrays, and those in lists and mappings, as stand-ins; anything else as it is."""
    if isinstance(value, np.ndarray):
        return Watched(value, calls, is_given)
    if type(value) in (list, tuple):
        return type(value)(_watched(item, calls) for item in value)
    return {name: _watched(item, calls) for name, item in value.items()} if type(value) is dict else value


def _plain(value: Any) -> Any:
    """The arrays behind the stand-ins."""
    if isinstance(value, Watched):
        return value.array
    if type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    return {name: _plain(item) for name, item in value.items()} if type(value) is dict else value


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
