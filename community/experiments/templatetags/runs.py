"""Template tags for the state of a run: `{% load runs %}`."""

from django import template

from community.experiments import states

register = template.Library()

register.simple_tag(states.pill, name="state_pill")


@register.filter
def state_word(state: str) -> str:
    """Return the state of a finished or active run as one word."""
    return str(states.WORDS[state])


register.filter(states.certificate_words)
