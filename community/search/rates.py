"""Rate limits for searching."""

from community.common.ratelimit import Limit

SUGGESTING = Limit("suggest", "240/minute")
