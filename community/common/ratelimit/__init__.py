"""Rate limits, counted for all processes together.

ASKING = Limit("ask", "10/hour", "40/day")

ASKING.hit(request)                 # raises TooManyRequests with retry_after
@limited(ASKING)                    # the same for a view, on POST, PUT, PATCH and DELETE
ASKING.hit_key(f"token:{token.pk}") # when neither person nor network is the measure
"""

from community.common.ratelimit.limit import Limit, Usage
from community.common.ratelimit.shared import SharedLimit
from community.common.ratelimit.views import limited

__all__ = ["Limit", "SharedLimit", "Usage", "limited"]
