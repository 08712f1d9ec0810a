"""The process boundary: one run, one killable child process.

`supervise` is the parent's side, `child` the other one, `protocol` their messages. Nothing here imports Django: the
terminal and a notebook run trainings as the site does.
"""

from bpsandbox.runner.children import Children
from bpsandbox.runner.limits import Limits
from bpsandbox.runner.process import Child, spawn
from bpsandbox.runner.supervisor import Example, Failure, Job, Outcome, supervise

__all__ = ["Child", "Children", "Example", "Failure", "Job", "Limits", "Outcome", "spawn", "supervise"]
