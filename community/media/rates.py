"""How often a person may send pictures."""

from community.common.ratelimit import Limit

UPLOADING = Limit("upload", "30/hour", "120/day")
