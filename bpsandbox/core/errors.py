"""Exceptions of the core, one for each rule."""

from __future__ import annotations


class BackpropError(Exception):
    """Base class of the core's exceptions."""


class ShapeMismatch(BackpropError):
    """A layer got an array of a shape that it does not accept.

    `expected` describes what it accepts, as a format with `values`. Its first word is rows, images or sequences if the
    kind of sample is wrong.
    """

    def __init__(self, layer: str, expected: str, got: tuple[int, ...], **values: object) -> None:
        super().__init__(f"{layer} takes {expected.format(**values)}, not samples of shape {got}")
        self.expected, self.got, self.values = expected, got, values

    @property
    def wants(self) -> str:
        return self.expected.split()[0]


class WrongNumbers(BackpropError):
    """The data do not fit the network."""


class NotStacked(BackpropError):
    """A layer gives other numbers for a stack of seeds than for each seed alone."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A stack of seeds gives other numbers than each seed alone: {what}. Arrays may have the seeds in front: "
            "count axes from the end, and give parameters that are rows an axis for the samples: b[..., np.newaxis, :]."
        )


class NotRepeatable(BackpropError):
    """A layer gives other numbers when its recorded calls are replayed than when its methods are called."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Steps give other numbers when they are recorded: {what}. A layer that draws random numbers says so by "
            "`is_random = True`, and forward depends on nothing that an earlier call left."
        )


class UnknownToken(BackpropError):
    """An embedding got an index that is not in its table."""

    def __init__(self, token: float, known: int) -> None:
        super().__init__(f"Embedding knows the whole numbers 0 to {known - 1}, not {token}")


class ClassMismatch(BackpropError):
    """Targets and outputs do not fit the loss."""


class NoSuchExample(BackpropError):
    """A run does not have the requested training example, step or seed; indices go from 0 to `count` - 1."""

    def __init__(self, what: str, asked: int, count: int) -> None:
        super().__init__(f"There is no {what} {asked}: there are {count}, from 0 to {count - 1}.")
        self.what, self.asked, self.count = what, asked, count


class NoSuchSeed(BackpropError):
    """A run does not train the requested seed."""

    def __init__(self, asked: int, seeds: tuple[int, ...]) -> None:
        shown = ", ".join(map(str, seeds[:16])) + (", …" if len(seeds) > 16 else "")
        super().__init__(f"There is no seed {asked}. The seeds of this run are {shown}.")
        self.asked, self.seeds = asked, seeds


class TooManyHoldouts(BackpropError):
    """A split leaves no example for training."""


class NotAnExperiment(BackpropError):
    """The argument to train is neither an experiment nor a sweep, for example the text of a config."""

    def __init__(self, got: object) -> None:
        kind = "a text" if isinstance(got, str) else f"a {type(got).__name__}"
        super().__init__(
            f"Only an Experiment or a Sweep can be trained, not {kind}. Parse and build a config first: "
            "spec.build(spec.parse(text))."
        )
