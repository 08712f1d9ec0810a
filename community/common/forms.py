"""Forms that are a button."""

from __future__ import annotations

from typing import Any

from django.forms import Form

from community.common.errors import BadRequest


def cleaned(form: Form) -> dict[str, Any]:
    """Return what a button sent. Raises BadRequest with the first sentence: no button of ours sends anything else."""
    if not form.is_valid():
        raise BadRequest(str(next(iter(form.errors.values()))[0]))
    return form.cleaned_data
