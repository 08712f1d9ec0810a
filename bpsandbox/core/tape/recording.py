"""Record the NumPy calls of a method, to replay them without Python code in between.

Every step makes the same calls on the same arrays. So a layer is run once on proxies of its arrays, which record the
calls; afterwards a step is the flat list of these calls, each in its fastest form (see tuning). A method whose calls
depend on values, or that uses operations that a proxy cannot intercept, is not recorded but called directly.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bpsandbox.core.errors import BackpropError
from bpsandbox.core.types import Array

from .temporaries import Temporaries, Temporary
from .tuning import Call, by_position, tuned

VIEWS = (
    np.lib.stride_tricks.sliding_window_view, np.broadcast_to, np.expand_dims, np.moveaxis, np.reshape, np.squeeze,
    np.swapaxes, np.transpose, np.shape, np.ndim, np.size,
)  # fmt: skip
"""Functions that only return views of their arguments."""


class NotRecordable(Exception):
    """A method does something that cannot be recorded."""


class Recorder(NamedTuple):
    """Collects the calls of proxies and provides new arrays."""

    calls: list[Call]
    temporaries: Temporaries
    is_stack: bool


def recorded(
    function: Callable[..., None],
    arrays: tuple[Array | None, ...],
    given: tuple[int, ...] = (),
    *,
    temporaries: Temporaries | None = None,
    is_stack: bool = False,
) -> list[Call]:
    """Return the calls of the method `function(*arrays)`, or the method itself as the only call.

    The method is run, so the arrays must contain valid numbers. Those at the positions `given` belong to other layers;
    raises BackpropError if the method writes to one.
    """
    recorder = Recorder([], Temporaries() if temporaries is None else temporaries, is_stack)
    owner, method = function.__self__, function.__func__  # type: ignore[attr-defined]
    stand_in = copy.copy(owner)
    vars(stand_in).update({name: _watched(value, recorder) for name, value in vars(owner).items()})
    before = dict(vars(stand_in))
    try:
        method(stand_in, *(_watched(array, recorder, place in given) for place, array in enumerate(arrays)))
        _keep_what_it_made(owner, before, vars(stand_in), recorder.temporaries)
    except BackpropError:
        raise
    except Exception:  # a proxy is not an array; a real error shows when the method is called directly
        function(*arrays)
        return [(function, arrays)]
    return recorder.calls


def agree(calls: list[Call], again: list[Call], temporaries: Temporaries) -> bool:
    """Return whether two recordings of a method are equal, apart from the temporaries used.

    They differ if the method draws random numbers, counts its calls, or reads state of an earlier call.
    """
    return len(calls) == len(again) and all(
        _function(one) == _function(other)
        and len(one[1]) == len(other[1])
        and all(_alike(a, b, temporaries) for a, b in zip(one[1], other[1], strict=True))
        for one, other in zip(calls, again, strict=True)
    )


def _function(call: Call) -> Any:
    function, _ = call
    return function.func if isinstance(function, partial) else function


def _alike(one: Any, other: Any, temporaries: Temporaries) -> bool:
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return type(one) is type(other) and one == other
    if (one.shape, one.strides, one.dtype) != (other.shape, other.strides, other.dtype):
        return False
    if temporaries.owns(one) or temporaries.owns(other):
        return temporaries.owns(one) and temporaries.owns(other)
    return one.ctypes.data == other.ctypes.data or bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def _keep_what_it_made(owner: Any, before: dict[str, Any], after: dict[str, Any], temporaries: Temporaries) -> None:
    """Set attributes that the method assigned to the recorded arrays, which every replay fills again."""
    for name, value in after.items():
        if name not in before or value is not before[name]:
            _refuse_swaps(name, value, before, temporaries)
            if not isinstance(value, Watched | list | tuple | dict) and getattr(owner, name, value) != value:
                raise NotRecordable(f"{name} changes")
            setattr(owner, name, _kept(value))
        elif type(value) in (list, dict) and not _is_unchanged(_plain(value), getattr(owner, name)):
            raise NotRecordable(f"{name} is changed in place")


def _refuse_swaps(name: str, value: Any, before: dict[str, Any], temporaries: Temporaries) -> None:
    """Refuse an attribute that is reassigned to another attribute's array: a replay would not repeat that."""
    if not isinstance(value, Watched):
        return
    for other_name, other in before.items():
        is_same = isinstance(other, Watched) and other.array is value.array and other_name != name
        if is_same and not temporaries.owns(other.array):
            raise NotRecordable(f"{name} becomes another of its arrays")


def _is_unchanged(now: Any, before: Any) -> bool:
    """Return whether a list or a mapping has the same items as before; the contents of arrays may differ."""
    if type(now) in (list, tuple):
        return len(now) == len(before) and all(map(_is_unchanged, now, before))
    if type(now) is dict:
        return now.keys() == before.keys() and all(_is_unchanged(now[name], before[name]) for name in now)
    return now is before or (not isinstance(now, np.ndarray) and now == before)


class Watched(NDArrayOperatorsMixin):
    """A proxy of an array that records every call with it."""

    __slots__ = ("array", "is_given", "recorder", "temporary")

    def __init__(
        self, array: Array, recorder: Recorder, is_given: bool = False, temporary: Temporary | None = None
    ) -> None:
        self.array, self.recorder, self.is_given, self.temporary = array, recorder, is_given, temporary

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Watched:
        if ufunc.nout != 1 or method not in ("__call__", "reduce"):
            raise NotRecordable(f"{ufunc.__name__}.{method}")
        (out,) = keywords.pop("out", (None,))
        _refuse_others(out)
        inputs, keywords = _plain(inputs), _plain(keywords)
        function = ufunc if method == "__call__" else ufunc.reduce
        if not isinstance(out, Watched):
            temporary = self.recorder.temporaries.store(np.asarray(function(*inputs, **keywords)))
            out = Watched(temporary.array, self.recorder, temporary=temporary)
        call, arrays = tuned(function, inputs, out.array, keywords, is_stack=self.recorder.is_stack)
        call(*arrays)
        self.recorder.calls.append((call, arrays))
        return out

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        out = arguments[0] if function is np.copyto else keywords.get("out")
        if out is None and function not in VIEWS:
            raise NotRecordable(f"{function.__name__} makes a new array, or is told where to write without a name")
        _refuse_others(out)
        plain, plain_keywords = _plain(arguments), _plain(keywords)
        result = function(*plain, **plain_keywords)
        if result is None or result is plain_keywords.get("out"):
            self.recorder.calls.append(by_position(function, plain, plain_keywords))
            return keywords.get("out")
        return self._view(result, *plain) if isinstance(result, np.ndarray) else result

    def _view(self, result: Any, *sources: Any) -> Watched:
        """Return a proxy of a view. Raises NotRecordable for a copy, which a replay would not update."""
        arrays = [source for source in sources if isinstance(source, np.ndarray)]
        if not isinstance(result, np.ndarray) or (
            result.size and not any(np.may_share_memory(result, array) for array in arrays)
        ):
            raise NotRecordable("a copy")
        return Watched(result, self.recorder, self.is_given, self.temporary)

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
    """Refuse writes to arrays that were created unrecorded, and to those of other layers."""
    if isinstance(out, np.ndarray):
        raise NotRecordable("an array that no stand-in stands for")
    if isinstance(out, Watched) and out.is_given:
        raise BackpropError(
            "A layer writes to an array that is not its own: x and dy belong to its neighbours. Write to y, to dx, "
            "to the gradients of parameters, or to an array that you make."
        )


def _watched(value: Any, recorder: Recorder, is_given: bool = False) -> Any:
    """Return arrays, also in collections, as proxies, and anything else unchanged."""
    if isinstance(value, np.ndarray):
        return Watched(value, recorder, is_given)
    return _with_items(value, lambda item: _watched(item, recorder))


def _kept(value: Any) -> Any:
    """Return the arrays behind proxies that a method stores for another, and keep their temporaries."""
    if not isinstance(value, Watched):
        return _with_items(value, _kept)
    if value.temporary is not None:
        value.recorder.temporaries.keep(value.temporary)
    return value.array


def _plain(value: Any) -> Any:
    """Return the arrays behind proxies."""
    return value.array if isinstance(value, Watched) else _with_items(value, _plain)


def _with_items(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a list, a tuple, named or not, or a mapping with its items changed, and anything else as it is."""
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(change, value))
    if type(value) in (list, tuple):
        return type(value)(map(change, value))
    return {name: change(item) for name, item in value.items()} if type(value) is dict else value
