"""System check of the store of the pictures."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.files.storage import default_storage

from community.media.storage import StorageAway


@register(Tags.files, deploy=True)
def bucket_answers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the bucket of the pictures, where there is one, can be reached with these keys."""
    try:
        getattr(default_storage, "check", lambda: None)()
    except StorageAway as error:
        hint = "Compare CHAINRULE_S3_BUCKET, _ENDPOINT, _REGION, _ACCESS_KEY and _SECRET_KEY."
        return [Error(f"The bucket of the pictures does not answer: {error}", hint=hint, id="media.E001")]
    return []
