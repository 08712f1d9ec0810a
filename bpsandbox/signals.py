"""Signals for the host, sent after the commit and at least once: receivers must be idempotent.

Each is sent with `sender=Run`, `run_id`, `spec_hash` and `state`. `run_finished` means that there is a result
(succeeded or diverged), `run_failed` that there will be none (failed or cancelled).
"""

from django.dispatch import Signal

run_finished = Signal()
run_failed = Signal()
