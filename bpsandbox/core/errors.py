"""What can go wrong in the core: one exception a rule."""

from __future__ import annotations


class BackpropError(Exception):
    """Something was asked of the core that it cannot do."""


class ShapeMismatch(BackpropError):
    """A layer was given an array of a shape that it does not take.

    `expected` says in words what it takes, with `values` to be filled in; its first word is rows, images or sequences
    where another kind of sample came.
    """

    def __init__(self, layer: str, expected: str, got: tuple[int, ...], **values: object) -> None:
        super().__init__(f"{layer} takes {expected.format(**values)}, not samples of shape {got}")
        self.expected, self.got, self.values = expected, got, values

    @property
    def wants(self) -> str:
        return self.expected.split()[0]


class WrongNumbers(BackpropError):
    """What was given does not go with the network."""


class NotStacked(BackpropError):
    """A layer treats a stack of seeds unlike each seed alone."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A stack of seeds gives other numbers than each seed alone: {what}. Arrays may have the seeds in front: "
            "count axes from the end, and give parameters that are rows an axis for the samples: b[..., np.newaxis, :]."
        )


class NotRepeatable(BackpropError):
    """A layer does something else when its recorded calls are played than when its methods are called."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Steps give other numbers when they are recorded: {what}. A layer that draws random numbers says so by "
            "`is_random = True`, and forward depends on nothing that an earlier call left."
        )


class UnknownToken(BackpropError):
    """An embedding was given a number that has no row in its table."""

    def __init__(self, token: float, known: int) -> None:
        super().__init__(f"Embedding knows the whole numbers 0 to {known - 1}, not {token}")


class ClassMismatch(BackpropError):
    """Targets and outputs do not fit the loss."""


class NoSuchExample(BackpropError):
    """A training example, a step or a seed was asked for that a run does not have: they count from 0 below `count`."""

    def __init__(self, what: str, asked: int, count: int) -> None:
        super().__init__(f"There is no {what} {asked}: there are {count}, from 0 to {count - 1}.")
        self.what, self.asked, self.count = what, asked, count


class NoSuchSeed(BackpropError):
    """A seed was asked for that a run does not train."""

    def __init__(self, asked: int, seeds: tuple[int, ...]) -> None:
        shown = ", ".join(map(str, seeds[:16])) + (", …" if len(seeds) > 16 else "")
        super().__init__(f"There is no seed {asked}. The seeds of this run are {shown}.")
        self.asked, self.seeds = asked, seeds


class TooManyHoldouts(BackpropError):
    """A split leaves no example for training."""


class NotAnExperiment(BackpropError):
    """Something else than an experiment or a sweep was to be trained, such as the text of a config."""

    def __init__(self, got: object) -> None:
        kind = "a text" if isinstance(got, str) else f"a {type(got).__name__}"
        super().__init__(
            f"Only an Experiment or a Sweep can be trained, not {kind}. Parse and build a config first: "
            "spec.build(spec.parse(text))."
        )
