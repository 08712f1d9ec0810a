"""Rate limits for experiments. The cost of runs is limited by the sandbox's quotas."""

from community.common.ratelimit import Limit

CHECKING = Limit("config-check", "120/minute", "2000/hour")
PLAYING = Limit("playground", "40/minute", "400/hour")
