"""An event loop whose clock a test puts forward, instead of waiting."""

import asyncio


class SkippingLoop(asyncio.SelectorEventLoop):
    _skipped = 0.0

    def time(self) -> float:
        return super().time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Put the clock forward, from any thread: what is due by then happens at once."""
        self.call_soon_threadsafe(self._skip, seconds)

    def _skip(self, seconds: float) -> None:
        self._skipped += seconds
