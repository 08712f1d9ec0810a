"""How often somebody may ask for things here. What runs cost is counted by the sandbox."""

from community.common.ratelimit import Limit

CHECKING = Limit("config-check", "120/minute", "2000/hour")
PLAYING = Limit("playground", "40/minute", "400/hour")
