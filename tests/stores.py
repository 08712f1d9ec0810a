"""Key namespaces on a shared Redis, which is never flushed."""

_generation = 0


def next_generation() -> None:
    """Abandon all keys of earlier tests."""
    global _generation
    _generation += 1


def make_key(key: str, key_prefix: str, version: int) -> str:
    return f"{key_prefix}:{_generation}:{version}:{key}"
