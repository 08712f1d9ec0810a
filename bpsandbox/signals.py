"""What the sandbox tells its host, after the commit, at least once: a receiver must bear to hear it twice.

Each is sent with `sender=Run`, `run_id`, `spec_hash` and `state`. `run_finished` means that there is a result
(succeeded or diverged), `run_failed` that there will be none (failed or cancelled).
"""

from django.dispatch import Signal

run_finished = Signal()
run_failed = Signal()
