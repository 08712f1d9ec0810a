"""Rate limits for writing."""

from community.common.ratelimit import Limit

POSTING = Limit("post", "30/minute", "300/hour", "500/day")
EDITING = Limit("edit", "60/minute", "600/hour", "1000/day")
SAVING = Limit("draft", "120/minute")
PREVIEWING = Limit("preview", "120/minute")
COMPLETING = Limit("complete", "240/minute")
COMPARING = Limit("similar", "60/minute")
SWITCHING = Limit("switch", "60/minute")
READING = Limit("read", "60/minute")

LOOKING = {"preview": PREVIEWING}
"""What counts instead of the act when a form without script asks for a preview."""
