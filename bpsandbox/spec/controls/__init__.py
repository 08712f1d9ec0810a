"""What controls show of a config, and what a control changes in its text."""

from bpsandbox.spec.editing import CannotEdit

from .changing import change, swept
from .reading import Choice, Controls, LayerControl, Number, controls_of

__all__ = ["CannotEdit", "Choice", "Controls", "LayerControl", "Number", "change", "controls_of", "swept"]
