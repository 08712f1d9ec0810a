"""Rate limits for uploads."""

from community.common.ratelimit import Limit

UPLOADING = Limit("upload", "30/hour", "120/day")
