"""A Redis that tests share with others is never flushed: each test has keys of its own."""

_generation = 0


def next_generation() -> None:
    """Leave all keys of earlier tests behind."""
    global _generation
    _generation += 1


def make_key(key: str, key_prefix: str, version: int) -> str:
    return f"{key_prefix}:{_generation}:{version}:{key}"
