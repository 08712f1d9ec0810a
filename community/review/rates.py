"""Rate limits for suggesting and proposing."""

from community.common.ratelimit import Limit

SUGGESTING = Limit("suggest-edit", "60/hour", "200/day")
PROPOSING = Limit("propose", "30/hour", "100/day")
