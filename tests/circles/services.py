"""PostgreSQL and Redis for tests: those that are named, else those that answer on loopback."""

import os

import psycopg
import redis

POSTGRES = "CHAINRULE_TEST_POSTGRES_URL"
REDIS = "CHAINRULE_TEST_REDIS_URL"
HERE = {POSTGRES: "postgresql://postgres@127.0.0.1:5432/postgres", REDIS: "redis://127.0.0.1:6379/11"}


def find() -> dict[str, str]:
    """Return the addresses of the services that let us in, by the name of their variable."""
    answers = {POSTGRES: _postgres_answers, REDIS: _redis_answers}
    named = {name: os.environ.get(name) or default for name, default in HERE.items()}
    return {name: address for name, address in named.items() if answers[name](address)}


def what_is_missing(found: dict[str, str]) -> str:
    """Return a sentence about the services that do not answer, "" if all do."""
    missing = [name for name in HERE if name not in found]
    if not missing:
        return ""
    services = " and ".join({POSTGRES: "PostgreSQL", REDIS: "Redis"}[name] for name in missing)
    return f"No {services} answers; start it on 127.0.0.1, or name another in {' and '.join(missing)}."


def _postgres_answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def _redis_answers(address: str) -> bool:
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=5, socket_timeout=5) as connection:
            return bool(connection.ping())
    except (redis.RedisError, ValueError):
        return False
