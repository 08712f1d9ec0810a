"""Define the layouts of curve charts."""

from dataclasses import dataclass

UNIT = 10  # path units per pixel, so that whole numbers are fine enough
FLUID_UNITS = 7200


@dataclass(frozen=True)
class Layout:
    """A plot of `height` px with margins.

    A fixed layout is `width` px wide, and its text is drawn for that width. A fluid one (`width` 0)
    takes the width of its container: lines stretch, text does not, and the host's style sheet
    sets the side margins, because positions are percentages of the plot. A bare one
    has lines and no text.
    """

    width: int
    height: int
    left: int
    right: int
    top: int = 22
    bottom: int = 26
    most_ticks: int = 7
    has_long_labels: bool = True
    is_bare: bool = False

    @property
    def is_fluid(self) -> bool:
        return self.width == 0

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        return self.height - self.top - self.bottom

    @property
    def units(self) -> tuple[int, int]:
        """Return the size of the plot in path units."""
        across = FLUID_UNITS if self.is_fluid else self.plot_width * UNIT
        return across, self.plot_height * UNIT

    def across(self, share: float, offset: float = 0) -> dict[str, object]:
        """Return attributes that place an element at a share of the plot's width plus `offset` px."""
        if self.is_fluid:
            return {"x": f"{100 * share:.4g}%", "dx": offset or None}
        return {"x": self.left + share * self.plot_width + offset}

    def down(self, share: float) -> float:
        """Return the y of a share of the plot's height, from the bottom."""
        return self.top + (1 - share) * self.plot_height


WIDE = Layout(width=720, height=280, left=48, right=116)
NARROW = Layout(width=320, height=230, left=40, right=84, most_ticks=4, has_long_labels=False)
TILE = Layout(width=300, height=96, left=6, right=10, top=8, bottom=8, is_bare=True)
SMALL = Layout(width=220, height=110, left=6, right=8, top=6, bottom=6, is_bare=True)
FLUID = Layout(width=0, height=264, left=0, right=0)
SIZES = {"wide": WIDE, "narrow": NARROW, "fluid": FLUID, "tile": TILE, "small": SMALL}
