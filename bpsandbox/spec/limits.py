"""Limits on the cost of a run: the estimate, the cap, and the smallest change that fits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from bpsandbox.messages import _
from bpsandbox.numbers import about, short

from . import sweep
from .canonical import default_eval_every, default_seeds
from .cost import Price, price
from .language.layer import RECORDS
from .layers import outputs_of
from .problems import Path, Problem, format_path
from .spec import Spec

EVERYTHING = 10**9
SMALL_BATCH = 32
ROOM = 0.9  # of the time, in what would fit
"""The usual size of a mini-batch, offered where all samples at once need too much memory."""


@dataclass(frozen=True)
class Caps:
    """Upper limits on the cost of a run."""

    layers: int = 12
    width: int = 1024
    parameters: int = 2_000_000
    samples: int = 50_000
    features: int = 784
    seeds: int = 256
    multiply_adds: float = 2e11
    seconds: float = 30.0
    memory_bytes: int = 768 * 1024 * 1024
    stored_points: int = 250_000


def check(price: Price, caps: Caps | None = None) -> tuple[Problem, ...]:
    """Return a problem for every exceeded limit, with the estimate, the cap and a change that fits."""
    return tuple(_exceeded(price, caps or Caps()))


def _exceeded(price: Price, caps: Caps) -> Iterator[Problem]:
    """Yield the problems of the first limit that is exceeded: what is too large also takes too long."""
    spec = price.spec
    if spec is None:
        return
    for find in (_too_large, _too_many_parameters):
        problems = list(find(spec, price, caps))
        if problems:
            yield from problems
            return
    yield from _too_much_memory(spec, price, caps)
    yield from _too_long(spec, price, caps)


def _too_large(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    """Check the numbers of layers, outputs, features, samples and seeds."""
    count = max(len(config["model"]["layers"]) for config in spec.configs)
    if count > caps.layers:
        message = _("{seen} layers; the limit is {cap}.", seen=_big(count), cap=_big(caps.layers))
        yield _problem(spec, ("model", "layers"), message, "layers")
    for i, layer in enumerate(_widest(spec)):
        yield from _too_wide(spec, i, layer, caps.width)
    size, examples = (max(getattr(facts, name) for facts in spec.all_facts) for name in ("size", "n"))
    if size > caps.features:
        message = _("Samples of {seen} numbers; the limit is {cap}.",
                    seen=_big(size), cap=_big(caps.features))  # fmt: skip
        yield _problem(spec, ("dataset",), message, "features")
    if examples > caps.samples:
        message = _("{seen} examples; the limit is {cap}: write n_samples: {fix}.",
                    seen=_big(examples), cap=_big(caps.samples), fix=caps.samples)  # fmt: skip
        yield _problem(spec, ("dataset", "n_samples"), message, "samples", str(caps.samples))
    if len(spec.seeds) > caps.seeds:
        message = _("{seen} seeds; the limit is {cap}: write count: {cap}.", seen=_big(len(spec.seeds)), cap=caps.seeds)
        problem = _problem(spec, ("seeds",), message, "seeds", str(caps.seeds))
        written = spec.places.get(("seeds", "count"))
        if written:  # there it can be exchanged
            problem = replace(problem, line=written[0], column=written[1], seen=str(len(spec.seeds)))
        yield problem


def _widest(spec: Spec) -> list[dict[str, Any]]:
    """Return the layers; of a sweep, the widest at each index of all settings."""
    columns = zip_longest(*(config["model"]["layers"] for config in spec.configs), fillvalue={"type": ""})
    return [max(layers, key=lambda layer: outputs_of(layer) or 0) for layers in columns]


def _too_wide(spec: Spec, i: int, layer: dict[str, Any], cap: int) -> Iterator[Problem]:
    width = outputs_of(layer) or 0
    if width > cap:
        field = RECORDS[layer["type"]].outputs
        message = _("A layer with {seen} outputs; the limit is {cap}: write {field}: {fix}.",
                    seen=_big(width), cap=_big(cap), field=field, fix=cap)  # fmt: skip
        yield _problem(spec, ("model", "layers", i, field), message, "width", str(cap))


def _too_many_parameters(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    if price.parameters > caps.parameters:
        message = _("{seen} parameters; the limit is {cap}. Make the layers narrower.",
                    seen=_big(price.parameters), cap=_big(caps.parameters))  # fmt: skip
        yield _problem(spec, ("model", "layers"), message, "parameters")


def _too_much_memory(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    if price.memory_bytes > caps.memory_bytes:
        message = _("About {seen} MB of memory; the limit is {cap} MB. Use a smaller batch_size or fewer seeds.",
                    seen=_big(price.memory_bytes >> 20), cap=_big(caps.memory_bytes >> 20))  # fmt: skip
        problem = _problem(spec, ("training", "batch_size"), message, "memory")
        if spec.config["training"]["batch_size"] == "full":
            smaller = _with(spec, training={**spec.config["training"], "batch_size": SMALL_BATCH})
            if _memory_of(smaller) <= caps.memory_bytes:
                label = f"batch_size: {SMALL_BATCH}"
                problem = replace(problem, seen="full", suggestion=str(SMALL_BATCH), label=label)
        yield problem


def _too_long(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    unit = "steps" if "steps" in spec.config["training"] else "epochs"
    path = ("training", unit)
    if price.stored_points > caps.stored_points:
        every = spec.config["training"]["eval_every"] * math.ceil(price.stored_points / caps.stored_points)
        message = _("The curves would have {seen} numbers; the limit is {cap}: write eval_every: {fix}.",
                    seen=_big(price.stored_points), cap=_big(caps.stored_points), fix=every)  # fmt: skip
        yield _problem(spec, ("training", "eval_every"), message, "stored_points", f"eval_every: {every}")
    if price.multiply_adds <= caps.multiply_adds and price.seconds <= caps.seconds:
        return
    fix, count = _smallest_change(spec, unit, caps)
    if price.seconds / caps.seconds > price.multiply_adds / caps.multiply_adds:
        message = _("This would take {seen}; the limit is {cap} s. {fix}",
                    seen=about(price.seconds), cap=f"{caps.seconds:,g}", fix=fix)  # fmt: skip
        problem = _problem(spec, path, message, "seconds", fix)
    else:
        message = _("About {seen} multiply-adds; the limit is {cap}. {fix}",
                    seen=_big(price.multiply_adds), cap=_big(caps.multiply_adds), fix=fix)  # fmt: skip
        problem = _problem(spec, path, message, "multiply_adds", fix)
    if count:
        seen = str(spec.config["training"][unit])
        problem = replace(problem, seen=seen, suggestion=str(count), label=f"{unit}: {_big(count)}")
    yield problem


def _smallest_change(spec: Spec, unit: str, caps: Caps) -> tuple[str, int]:
    """Return one change that makes the run fit: fewer settings, fewer epochs, or fewer seeds; and how many epochs.

    It leaves some of the time: seconds are priced with measured rates, which may be other ones when it is sent.
    """
    caps = replace(caps, seconds=ROOM * caps.seconds)
    if "sweep" in spec.config:
        return _fewer_settings(spec, caps), 0
    count = _largest(spec.config["training"][unit], lambda count: _fits(_with_length(spec, unit, count), caps))
    if count:
        return _("{unit}: {count} would fit.", unit=unit, count=_big(count)), count
    count = _largest(len(spec.seeds), lambda count: _fits(_with(spec, seeds=list(spec.seeds[:count])), caps))
    if count:
        return _("{count} seeds would fit.", count=_big(count)), 0
    return _("Make the model or the data smaller."), 0


def _fewer_settings(spec: Spec, caps: Caps) -> str:
    cost, settings = price(spec), sweep.size(spec.config["sweep"])
    share = min(caps.seconds / cost.seconds, caps.multiply_adds / cost.multiply_adds)
    count = int(settings * share)
    return _("{count} settings would fit.", count=count) if count else _("Make the model or the data smaller.")


def _largest(start: int, fits: Callable[[int], bool]) -> int:
    """Return the largest count below `start` that fits, rounded to two leading digits; 0 when none does."""
    low, high = 0, start
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return _rounded(low)


def _fits(spec: Spec, caps: Caps) -> bool:
    cost = price(spec)
    return cost.multiply_adds <= caps.multiply_adds and cost.seconds <= caps.seconds


def _memory_of(spec: Spec) -> int:
    return price(spec).memory_bytes


def _with_length(spec: Spec, unit: str, count: int) -> Spec:
    """Return the spec with another length, and with the defaults that depend on it."""
    training = {**spec.config["training"], unit: count}
    if not spec.was_written("training", "eval_every"):
        training["eval_every"] = default_eval_every(count)
    shorter = _with(spec, training=training)
    if spec.was_written("seeds") or spec.was_written("seed"):
        return shorter
    return _with(shorter, seeds=default_seeds(shorter.config, spec.facts))


def _with(spec: Spec, **blocks: Any) -> Spec:
    return replace(spec, config={**spec.config, **blocks})


def _rounded(count: int) -> int:
    """Round down to two leading digits."""
    unit = 10 ** max(0, len(str(count)) - 2)
    return count // unit * unit


def _big(number: float) -> str:
    return short(number) if number >= EVERYTHING else f"{int(number):,}"


def _problem(spec: Spec, path: Path, message: str, code: str, suggestion: str | None = None) -> Problem:
    line, column = _place(spec, path)
    return Problem(line, column, format_path(path), message, f"limit_{code}", suggestion=suggestion)


def _place(spec: Spec, path: Path) -> tuple[int, int]:
    while path and path not in spec.places:
        path = path[:-1]
    return spec.places.get(path, (1, 1))
