"""Template tags for the state of a run: `{% load runs %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from bpsandbox import api
from community.experiments import states, tiles
from community.experiments.choosing import Selection

register = template.Library()

register.simple_tag(api.allowance, name="run_allowance")
register.simple_tag(states.pill, name="state_pill")
register.simple_tag(states.numbers, name="run_numbers")


@register.filter
def state_word(state: str) -> str:
    """Return the state of a finished or active run as one word."""
    return str(states.WORDS[state])


register.filter(states.certificate_words)
register.filter(states.loss_words)
register.filter(states.loss_phrase)


@register.simple_tag
def run_tile_of(shown: Any, can_choose: object = None, selection: Selection | str | None = None) -> SafeString:
    """Draw a run of a gallery, with a box to choose it on a page that has a selection."""
    chosen = selection.hashes if isinstance(selection, Selection) else ()
    return tiles.draw_tile(shown, can_be_chosen=bool(can_choose), is_chosen=shown.card.spec_hash in chosen)
