"""Filter lists of runs by what they are made of and how they ended."""

from __future__ import annotations

from bpsandbox.traits import (
    MOST_VALUES,
    SEVERAL,
    filters,
    findings_shown,
    matching,
    newest_matching,
    shown_traits,
    steps_shown,
    targets_with,
    value_words,
)
from bpsandbox.traits import choices as filter_choices
from bpsandbox.traits import named as named_trait
from bpsandbox.traits import searched as filters_for

__all__ = [
    "MOST_VALUES",
    "SEVERAL",
    "filter_choices",
    "filters",
    "filters_for",
    "findings_shown",
    "matching",
    "named_trait",
    "newest_matching",
    "shown_traits",
    "steps_shown",
    "targets_with",
    "value_words",
]
