"""The process boundary: one run, one child process that can be killed.

`supervise` is the parent's side, `child` the child's, `protocol` their messages. Nothing here imports Django, so the
terminal and notebooks train as the site does.
"""

from bpsandbox.runner.children import Children
from bpsandbox.runner.limits import Limits
from bpsandbox.runner.process import Child, spawn
from bpsandbox.runner.supervisor import Example, Failure, Job, Outcome, supervise

__all__ = ["Child", "Children", "Example", "Failure", "Job", "Limits", "Outcome", "spawn", "supervise"]
