"""The training loop of a script: the same steps, points and stopping rules in every library."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bpsandbox.messages import _

from . import rules
from .described import Described, NoTwin
from .text import array, comment, number, packed, small, wrapped

Lines = list[str]


@dataclass
class Loop:
    """What a library puts into the loop. Lines of `step` use x, y and lr; `measure` returns the loss of a part."""

    prepare: Lines
    step: Lines
    measure: str = "measure({network}, {x}, {y})"
    data_loss: str = "data_loss({network}, {x}, {y})"
    network: str = "network"
    sets_rate: bool = True
    """Whether the loop sets lr; otherwise the library's own schedule does."""
    parts: set[str] = field(default_factory=set)
    end_of_epoch: Lines = field(default_factory=list)


def refuse_metrics(run: Described) -> None:
    """Raise NoTwin for a learning rate that follows a metric, which scripts do not compute."""
    if rules.is_plateau(run) and not run.config["lr_scheduler"]["monitor"].endswith("_loss"):
        name = run.config["lr_scheduler"]["monitor"]
        raise NoTwin(_("The learning rate of this run follows {name}, which a script does not compute.", name=name))


def refuse_moving_norms(run: Described) -> None:
    """Raise NoTwin for LBFGS with batch norm, whose running statistics would change at every evaluation."""
    if run.config["optimizer"]["type"] == "LBFGS" and run.kinds & {"BatchNorm1d", "BatchNorm2d"}:
        raise NoTwin(
            _(
                "LBFGS evaluates a step several times while the running statistics of batch norm change once, which a "
                "short script cannot show."
            )
        )


def constants(run: Described) -> Lines:
    """Return the numbers of the loop."""
    lines = [f"STEPS = {run.steps}"]
    points = "a recorded point every so many steps, and at the end"
    lines.append(f"EVERY = {run.every}  # {points}")
    if run.batches > 1:
        lines.append(f"BATCH_SIZE = {run.batch_size}")
        lines.append(f"BATCHES = {run.batches}  # of an epoch" + _last_batch(run))
    elif rules.is_plateau(run):
        lines.append("BATCHES = 1")
    if ends_as_recorded(run):
        lines += comment(
            "The run ended by its time limit or by a metric, which is not computed here. Points of each seed:"
        )
        lines.append(f"POINTS = {points_of(run)}")
    return lines


def _last_batch(run: Described) -> str:
    rest = len(run.x) % run.batch_size
    return f"; the last has {rest} examples" if rest else ""


def ends_as_recorded(run: Described) -> bool:
    return run.stops_by_metric or any(stop.reason == "limit" for stop in run.document.stop)


def points_of(run: Described) -> dict[int, int]:
    """Return how many points of each seed were recorded."""
    columns = zip(*run.document.curves["train_loss"], strict=True)
    return {seed: sum(value is not None for value in column) for seed, column in zip(run.seeds, columns, strict=True)}


def train(run: Described, loop: Loop) -> Lines:
    """Return the function `train(seed)`."""
    made, conditions = ([], []) if ends_as_recorded(run) else rules.stop_condition(run)
    lines = [*loop.prepare, *made]
    if run.is_shuffled:
        lines.append(
            "epochs = iter(ORDERS[seed])"
            if run.has_orders
            else f"epochs = shuffled(seed, {len(run.x)}, {run.ahead}, FIRST[seed])"
        )
    if rules.is_plateau(run) and loop.sets_rate:
        lines.append(f"plateau = Plateau({rules.plateau_arguments(run.config['lr_scheduler'])})")
        loop.parts.add("Plateau")
    loop.parts.update(rules.rule_names(run) if made else [])
    lines += ["losses = []", "for step in range(STEPS + 1):"]
    body = ["if step % EVERY == 0 or step == STEPS:", *(f"    {line}" for line in _point(run, loop, conditions))]
    body += ["if step == STEPS:", "    break"]
    body += _batch(run, loop)
    body += loop.step
    lines += [f"    {line}" if line else "" for line in body]
    lines.append("return losses")
    return [
        "def train(seed):",
        '    """Train from one start; return the loss at every recorded point."""',
        *(f"    {line}" if line else "" for line in lines),
    ]


def _point(run: Described, loop: Loop, conditions: Lines) -> Lines:
    """Return the lines of a recorded point."""

    def of(template: str, x: str = "X", y: str = "Y") -> str:
        return template.format(network=loop.network, x=x, y=y)

    lines = [f"train_loss = {of(loop.measure)}"]
    if run.has_diverged:
        lines += ["if not math.isfinite(train_loss):  # it diverged", "    break"]
    lines.append("losses.append(train_loss)")
    watched = rules.monitors(run, rules_too=not ends_as_recorded(run))
    if "data_loss" in watched:
        lines.append(f"data_loss_now = {of(loop.data_loss)}" if run.penalty else "data_loss_now = train_loss")
        conditions = [condition.replace("data_loss", "data_loss_now") for condition in conditions]
    for part in run.held_out:
        if f"{part}_loss" in watched:
            template = loop.data_loss if run.penalty else loop.measure
            lines.append(f"{part}_loss = {of(template, f'X_{part.upper()}', f'Y_{part.upper()}')}")
    if rules.is_plateau(run):
        monitor = run.config["lr_scheduler"]["monitor"].replace("data_loss", "data_loss_now")
        lines += ["if step > 0:", f"    {'plateau.observe' if loop.sets_rate else 'observed.append'}({monitor})"]
    if ends_as_recorded(run):
        lines += ["if len(losses) == POINTS[seed]:", "    break"]
    elif conditions:
        if len(conditions) == 1:
            lines += [f"if {conditions[0]}:  # {_why(run)}", "    break"]
        else:  # every rule sees every point
            lines += [f"reasons = [{', '.join(conditions)}]", "if any(reasons):", "    break"]
    return lines


def _why(run: Described) -> str:
    return {"Target": "the target is reached", "Tolerance": "it changes no longer"}.get(
        run.rules[0]["type"], "it improves no longer"
    )


def _batch(run: Described, loop: Loop) -> Lines:
    """Return the lines that choose the batch and the learning rate of a step."""
    lines: Lines = []
    unit = rules.schedule_unit(run) if loop.sets_rate else ""
    if run.batches > 1:
        lines.append("epoch, batch = divmod(step, BATCHES)")
    begins: Lines = []
    if run.is_shuffled:
        begins.append("order = next(epochs)")
    if rules.is_plateau(run):
        begins += _plateau_rate(run) if loop.sets_rate else PLATEAU_STEPS
    if begins and run.batches > 1:
        lines += ["if batch == 0:", *(f"    {line}" for line in begins)]
    else:
        lines += begins
    if run.is_shuffled:
        lines += ["rows = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]"]
    elif run.batches > 1:
        lines += ["rows = slice(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE)"]
    lines.append("x, y = X[rows], Y[rows]" if run.batches > 1 else "x, y = X, Y")
    if unit and not rules.is_plateau(run):
        t = "step" if unit == "step" or run.batches == 1 else "epoch"
        if run.own_rates:
            lines.append(f"lr = {{name: rate(base, {t}) for name, base in RATES.items()}}")
        else:
            lines.append(f"lr = rate(LR, {t})")
    return lines


PLATEAU_STEPS = ["for value in observed:", "    scheduler.step(value)", "observed.clear()"]
"""A library's own schedule sees the points of an epoch when the next one begins."""


def _plateau_rate(run: Described) -> Lines:
    low = run.config["lr_scheduler"]["min_lr"]

    def scaled(base: str) -> str:
        return f"max({base} * plateau.scale, min({base}, {number(low)}))" if low else f"{base} * plateau.scale"

    if run.own_rates:
        return ["lr = {", f"    name: {scaled('base')}", "    for name, base in RATES.items()", "}"]
    return [f"lr = {scaled('LR')}"]


def rate_variable(run: Described, loop: Loop) -> str:
    """Return the expression of a step's learning rate: a number, or a mapping by name."""
    if rules.schedule_unit(run) and loop.sets_rate:
        return "lr"
    return "RATES" if run.own_rates else "LR"


def rate_constants(run: Described, names: dict[str, float]) -> Lines:
    """Return the learning rate, or that of each tensor, given by name."""
    if not run.own_rates:
        return [f"LR = {number(rules.base_rate(run))}"]
    return ["RATES = {  # of each tensor", *(f'    "{name}": {number(rate)},' for name, rate in names.items()), "}"]


def rate_function(run: Described) -> Lines:
    """Return `rate(base, t)` for a schedule in closed form."""
    if not rules.schedule_unit(run) or rules.is_plateau(run):
        return []
    unit = rules.schedule_unit(run)
    return [
        "",
        "",
        "def rate(base, t):",
        f'    """{run.config["lr_scheduler"]["type"]}: the learning rate after t {unit}s."""',
        *(f"    {line}" for line in rules.rate_lines(run)),
    ]


# the arrays of a script


@dataclass(frozen=True)
class Arrays:
    """Text that defines X, Y, START and ORDERS: before the code if it is short, packed behind it if it is long."""

    before: Lines
    behind: Lines
    parts: set[str]


def arrays(run: Described, key: dict[str, str], wrap: str = "np.array({})") -> Arrays:
    """Write data, start weights and orders; `key` renames the tensors for a library."""
    run.refuse_large()
    return _literal(run, key, wrap) if run.is_small else _packed(run, key, wrap)


def _parts(run: Described) -> list[tuple[str, str]]:
    return [("train", ""), *((part, f"_{part.upper()}") for part in run.held_out)]


def _literal(run: Described, key: dict[str, str], wrap: str) -> Arrays:
    before, close = wrap.split("{}")
    lines: Lines = []
    for part, suffix in _parts(run):
        x, y = run._inputs(part), run._targets(part)
        as_type = '.astype("float32")' if run.dtype == "float32" and before.startswith("np.") else ""
        for name, values in (("X", x), ("Y", y)):
            cast = as_type if values.dtype.kind == "f" else ""
            lines += array(values, f"{name}{suffix} = {before}", 0, f"{close}{cast}").split("\n")
    lines.append("START = {  # of each seed")
    for seed, tensors in run.start.items():
        lines.append(f"    {seed}: {{")
        for name, tensor in tensors.items():
            lines += array(tensor.astype(float), f'"{key[name]}": ', 8, ",").split("\n")
        lines.append("    },")
    lines.append("}")
    if run.is_shuffled and run.has_orders:
        lines.append("ORDERS = {  # of the examples in each epoch, by seed")
        for seed, order in run.orders.items():
            lines += array(order, f"{seed}: ", 4, ",").split("\n")
        lines.append("}")
    lines += _first(run)
    return Arrays(lines, [], {"shuffled"} if run.is_shuffled and not run.has_orders else set())


def _first(run: Described) -> Lines:
    """Return how the first order of each seed begins, to see whether it is drawn right."""
    if not run.is_shuffled or run.has_orders:
        return []
    return [
        "FIRST = {  # how the order of each seed begins",
        *(f"    {seed}: {run.first_order(seed)[:8].tolist()}," for seed in run.seeds),
        "}",
    ]


def _packed(run: Described, key: dict[str, str], wrap: str) -> Arrays:
    before, close = wrap.split("{}")
    content = {}
    lines = ["ARRAYS = unpack(PACKED)"]
    for part, suffix in _parts(run):
        content[f"X{suffix}"], content[f"Y{suffix}"] = small(run._inputs(part)), small(run._targets(part))
    plain = before.startswith("np.array")
    for name, values in content.items():
        whole = f'ARRAYS["{name}"]' + (".astype(int)" if values.dtype.kind in "iu" else "")
        lines.append(f"{name} = {whole if plain else f'{before}{whole}{close}'}")
    names = list(next(iter(run.start.values())))
    for name in names:
        content[key[name]] = np.stack([run.start[seed][name] for seed in run.seeds])
    lines += [f"NAMES = {wrapped([key[name] for name in names])}" if names else "NAMES = []"]
    lines += [f"SEEDS = {wrapped(list(run.seeds))}"]
    lines += [
        "START = {",
        "    seed: {name: ARRAYS[name][i] for name in NAMES}",
        "    for i, seed in enumerate(SEEDS)",
        "}",
    ]
    if run.is_shuffled and run.has_orders:
        content["orders"] = small(np.stack(list(run.orders.values())))
        lines.append('ORDERS = dict(zip(SEEDS, ARRAYS["orders"].astype(int)))')
    lines += _first(run)
    text = packed(content)
    head = comment("Data, start weights and the order of the examples: an NPZ file in base64.")
    behind = [*head, 'PACKED = """', text, '"""', "", *"\n".join(lines).split("\n")]
    return Arrays([], behind, {"unpack"} | ({"shuffled"} if run.is_shuffled and not run.has_orders else set()))
