"""What the scripts of several libraries have in common."""

from __future__ import annotations

from bpsandbox.twins.described import Block, Described, Layer

Lines = list[str]


class Written:
    """The script of a run, part by part. `parts` and `common` are the functions it needs of those in `parts/`."""

    def __init__(self, run: Described) -> None:
        self.run = run
        self.parts: set[str] = set()
        self.common: set[str] = set()
        self.forward: Lines = []

    @property
    def is_random(self) -> bool:
        return "Dropout" in self.run.kinds

    @property
    def is_lbfgs(self) -> bool:
        return self.run.config["optimizer"]["type"] == "LBFGS"

    @property
    def norms(self) -> list[Layer]:
        return [layer for layer in self.run.layers if layer.type.startswith("BatchNorm")]


class WrittenByLayer(Written):
    """A script whose forward pass is written from the first layer to the last, each of which changes x."""

    def __init__(self, run: Described) -> None:
        super().__init__(run)
        sources = {layer.block["from"] for layer in run.layers if layer.type == "Add"}
        for layer in run.layers:
            inner = layer.activation if self._layer(layer) else layer.block
            if inner and inner["type"] != "identity":
                self.forward.append(f"x = {self._activation(inner)}")
            if layer.index in sources:
                self.forward.append(f"y{layer.index} = x")

    def _layer(self, layer: Layer) -> bool:
        """Write a layer; return False for an activation that is a layer of its own."""
        raise NotImplementedError

    def _activation(self, block: Block) -> str:
        """Return the expression of an activation of x."""
        raise NotImplementedError
