"""Middleware, from the outside in: see MIDDLEWARE in community.settings.base."""

from community.common.middleware.compression import Compression
from community.common.middleware.headers import SecurityHeaders
from community.common.middleware.input import ReadableInput
from community.common.middleware.page_cache import PageCache
from community.common.middleware.preferences import Preferences
from community.common.middleware.public_files import PublicFiles
from community.common.middleware.refusals import Refusals
from community.common.middleware.same_origin import SameOrigin
from community.common.middleware.tracing import RequestTrace

__all__ = [
    "Compression",
    "PageCache",
    "Preferences",
    "PublicFiles",
    "ReadableInput",
    "Refusals",
    "RequestTrace",
    "SameOrigin",
    "SecurityHeaders",
]
