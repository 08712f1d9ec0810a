"""An engine that rejects every input."""

from tests.bpsandbox.runner.acting_engine import TaughtError, refusals, version, warm

__all__ = ["refusals", "reports", "version", "warm"]


def reports(spec, *, record_steps, until):
    raise TaughtError("layer 2 wants 3 columns, got 4")
    yield
