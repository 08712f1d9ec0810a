"""A fake child process that writes given bytes, and ways to corrupt a message."""

import copy
import json
import os
import random

from bpsandbox.runner import Child

RAW = "raw:"
"""Marks a text that is written without quotation marks, for numbers that Python's encoder does not write."""
HOSTILE = (
    None, True, -1, 0.5, 1e308, "", "x" * 3000, "\0", "\ud800", [], {}, [5], [[]], [None], {"": []}, "epochs",
    RAW + "1e999", RAW + "-1e999", RAW + "NaN", RAW + "9" * 400, RAW + "-" + "9" * 400, RAW + "[" * 60 + "]" * 60,
)  # fmt: skip


class Written:
    """Stands in for `Child`'s process: it has written its lines and exited before they are read."""

    pid = -1

    def __init__(self, status):
        self.status = status

    def poll(self):
        return self.status

    def wait(self, timeout=None):
        return self.status

    def end(self):
        return self.status


def child_that_writes(data, status=0):
    """Return a child whose messages are these bytes. They must fit into a pipe."""

    def launch(job, messages, errors):
        assert len(data) <= 60_000
        os.write(messages, data)
        return Written(status)

    return Child(launch)


def places(value, path=()):
    """Yield the path of every part of a JSON value, the root first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def spoiled(message, draw: random.Random):
    """Return the message with one to three parts replaced, removed, duplicated, or with a byte changed."""
    message = copy.deepcopy(message)
    for _ in range(draw.randint(1, 3)):
        path = draw.choice([path for path in places(message) if path] or [("type",)])
        spoil(message, path, draw)
    line = json.dumps(message, separators=(",", ":"))
    for raw in HOSTILE:
        if isinstance(raw, str) and raw.startswith(RAW):
            line = line.replace(json.dumps(raw), raw.removeprefix(RAW))
    return changed(line.encode(), draw) + b"\n"


def spoil(message, path, draw):
    *parents, key = path
    container = message
    for parent in parents:
        container = container[parent]
    way = draw.choice(("replace", "replace", "replace", "remove", "add"))
    if way == "remove":
        del container[key]
    elif way == "add" and isinstance(container, list):
        container.append(copy.deepcopy(draw.choice(HOSTILE)))
    elif way == "add":
        container[draw.choice(("", "x", "train_loss", "\0"))] = copy.deepcopy(draw.choice(HOSTILE))
    else:
        container[key] = copy.deepcopy(draw.choice(HOSTILE))


def changed(line, draw):
    """Change a byte in one line out of ten."""
    if draw.random() < 0.9 or not line:
        return line
    place = draw.randrange(len(line))
    return line[:place] + bytes([draw.randrange(256)]) + line[place + 1 :]
