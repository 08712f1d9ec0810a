"""Template tags that show what a run is doing: `{% load runs %}`."""

from django import template

from community.experiments import states

register = template.Library()

register.simple_tag(states.pill, name="state_pill")


@register.filter
def state_word(state: str) -> str:
    """Say the state of a run that ended, or is under way, in a word."""
    return str(states.WORDS[state])
