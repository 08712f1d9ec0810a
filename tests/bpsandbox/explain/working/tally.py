"""Check every printed equation of random configs: python -m tests.bpsandbox.explain.working.tally 0 600

Prints how many configs and equations were read, which are false, unreadable or could not be worked, and counts by
layer, activation, loss and optimiser.
"""

from __future__ import annotations

import logging
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bpsandbox import explain, spec
from bpsandbox.explain.numbers import printing
from tests.bpsandbox.spec.random_configs import random_config

from .drawn import drawn_config
from .reading import Unreadable, judged

BLUNT = 0.2
"""An equation whose printed digits leave more than this share of its largest number open proves little."""
LAST_PLACES = 2
"""Whoever computes with the printed numbers should end no more than so many last places from the printed result."""
WIDE = 1000
"""So many rows and columns are printed: no matrix of these configs is cut."""


@dataclass(frozen=True)
class Case:
    """A config, with the step to work and its notation."""

    seed: int
    text: str
    parsed: spec.Spec
    sample: int
    step: int
    run: int
    convention: explain.Convention

    def __str__(self) -> str:
        return f"seed {self.seed}, sample {self.sample}, step {self.step}, run {self.run}, {self.convention.name}"

    def worked(self) -> explain.Worked:
        with printing(WIDE):
            return explain.worked(self.parsed, self.sample, self.step, self.run, convention=self.convention)


def case(seed: int) -> Case | None:
    """Return the case of a seed; None if the random config is invalid."""
    rng = random.Random(f"worked {seed}")
    text = rng.choice((random_config, drawn_config, drawn_config))(rng)
    try:
        parsed = spec.parse(text)
        built = spec.build(parsed)
    except spec.InvalidConfig:
        return None
    convention = explain.Convention(rng.choice(explain.VECTORS), rng.choice(explain.LOSSES))
    sample, step = rng.randrange(len(built.train)), rng.randrange(min(built.total_steps, 12))
    return Case(seed, text, parsed, sample, step, rng.choice(built.seeds), convention)


@dataclass
class Tally:
    """The results of checking."""

    configs: int = 0
    stopped: int = 0
    """Configs that diverge before the first update: there is no step to work."""
    steps: int = 0
    equations: int = 0
    blunt: int = 0
    askew: int = 0
    in_words: int = 0
    """Steps without an equation, and those that give a name to a number."""
    faults: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    named_twice: list[str] = field(default_factory=list)
    by: dict[str, Counter[str]] = field(default_factory=dict)
    """Equations by layer, activation, loss and optimiser, and "configs …" likewise."""

    @property
    def problems(self) -> list[str]:
        return [*self.faults, *self.unreadable, *self.false, *self.named_twice]

    def add(self, one: Case) -> None:
        try:
            working = one.worked()
        except explain.Stopped:
            self.stopped += 1
            return
        self.configs += 1
        self._name(one, working)
        names = dict(_names(one))
        for kind, several in names.items():
            self.by.setdefault(f"configs by {kind}", Counter()).update(several)
        for step in working.steps:
            self.steps += 1
            before = self.equations
            self._read(one, step)
            if self.equations > before:
                self._count(one, step, names)

    def _name(self, one: Case, working: explain.Worked) -> None:
        """What an equation defines is that one value on the whole page; of an assignment both sides have the name."""
        values: dict[str, str] = {}
        for step in working.steps:
            name, _sign, _term = step.formula.partition(" = ")
            value = step.numbers.rpartition(" = ")[2]
            if name and r"\leftarrow" not in name and values.setdefault(name, value) != value:
                self.named_twice.append(f"{one}: {step.id}: {name} is {values[name]} and {value}")

    def _read(self, one: Case, step: explain.Step) -> None:
        where = f"{one}: {step.id}"
        if step.fault:
            self.faults.append(f"{where}: {step.fault}")
            return
        try:
            verdict = judged(step.numbers, one.parsed.config["dtype"]) if step.numbers else None
        except Unreadable as reason:
            self.unreadable.append(f"{where}: {reason}")
            return
        if verdict is None:
            self.in_words += 1
            return
        self.equations += 1
        self.blunt += verdict.sharpness > BLUNT
        self.askew += verdict.askew > LAST_PLACES
        if verdict.gap > 0:
            self.false.append(f"{where}: {step.formula} is {verdict.gap:.1e} apart: {step.numbers}")

    def _count(self, one: Case, step: explain.Step, names: dict[str, set[str]]) -> None:
        if step.phase == "update":
            self.by.setdefault("optimiser", Counter()).update(names["optimiser"])
        elif step.layer is None:
            self.by.setdefault("loss", Counter()).update(names["loss"])
        else:
            block = one.parsed.config["model"]["layers"][step.layer]
            written = block.get("activation")
            is_activation = written is not None and "activation" in step.id
            kind = written["type"] if is_activation else block["type"]
            self.by.setdefault("layer", Counter())[kind] += 1


def _names(one: Case) -> Iterator[tuple[str, set[str]]]:
    """Return a config's layers with activations, its loss and its optimiser, options by name."""
    config = one.parsed.config
    layers = config["model"]["layers"]
    written = [block["activation"]["type"] for block in layers if block.get("activation")]
    yield "layer", {*(block["type"] for block in layers), *written}
    yield "loss", {config["loss"]["type"]}
    yield "optimiser", {config["optimizer"]["type"]}
    yield "block", {name for name in ("regularization", "gradient_clipping", "lr_scheduler") if config.get(name)}


def tally(seeds: Iterable[int], configs: int | None = None) -> Tally:
    """Check the cases of these seeds, up to a number of worked configs."""
    found = Tally()
    for seed in seeds:
        if configs is not None and found.configs == configs:
            break
        one = case(seed)
        if one is not None:
            found.add(one)
    return found


def table(found: Tally) -> str:
    share = 100.0 * found.blunt / max(found.equations, 1)
    lines = [
        f"configs {found.configs}, stopped before their first update {found.stopped}",
        f"steps {found.steps}, equations read back {found.equations}, in words {found.in_words}",
        f"blunt {found.blunt} ({share:.1f} %), askew {found.askew}, false {len(found.false)}, "
        f"unreadable {len(found.unreadable)}, could not be worked {len(found.faults)}, "
        f"names with two values {len(found.named_twice)}",
    ]
    for kind, counts in sorted(found.by.items()):
        lines.append(f"{kind}: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}")
    return "\n".join([*lines, *found.problems])


def main(arguments: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    found = tally(range(int(arguments[0]), int(arguments[1])))
    print(table(found))
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
