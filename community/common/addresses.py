"""Addresses of routes, each reversed once: a page of a list has a hundred, of the same few threads, people and tags."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.template import Library
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = Library()


def address_of(route: str, *values: Any, **named: Any) -> str:
    """Return the path of a named route, as `reverse` does. Keys and words are remembered."""
    if not all(type(value) in (int, str, SafeString) for value in (*values, *named.values())):
        return reverse(route, args=values, kwargs=named)
    # 1 and True are equal, their addresses are not: only values of exact types can be told apart in memory.
    return _remembered(route, values, tuple(named.items()), get_script_prefix(), get_urlconf())


@lru_cache(maxsize=16384)
def _remembered(
    route: str, values: tuple, named: tuple[tuple[str, Any], ...], _prefix: str, urlconf: str | None
) -> str:
    return reverse(route, urlconf=urlconf, args=values, kwargs=dict(named))


class AddressNode(URLNode):
    """`{% url %}`. The site has one instance of each app, so that an address never depends on the current one."""

    def render(self, context) -> str:
        args = [argument.resolve(context) for argument in self.args]
        kwargs = {key: value.resolve(context) for key, value in self.kwargs.items()}
        try:
            found = address_of(self.view_name.resolve(context), *args, **kwargs)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser, token) -> AddressNode:
    """Replace Django's tag of the same name."""
    node = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("ROOT_URLCONF", "FORCE_SCRIPT_NAME"):
        _remembered.cache_clear()


setting_changed.connect(_forget)
