"""Forms that consist of a button."""

from __future__ import annotations

from typing import Any

from django.forms import Form

from community.common.errors import BadRequest


def cleaned(form: Form) -> dict[str, Any]:
    """Return a button's cleaned values. Raises BadRequest with the first error, since our buttons send valid values."""
    if not form.is_valid():
        raise BadRequest(str(next(iter(form.errors.values()))[0]))
    return form.cleaned_data
