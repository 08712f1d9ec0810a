"""A scripted engine that shows on demand every fault a real one must never show.

Its spec is JSON: {"act": name, "points": n, "seeds": s, ...}. Points are realistic enough for every reader of a run.
A spec that is stored is a config too: what reads a stored config trusts it.
"""

import json
import os
import signal
import stat
import sys
import time
from contextlib import suppress

import numpy as np

from tests.bpsandbox.runner import attempts

CONFIG = {
    "dataset": {"name": "xor"},
    "model": {"layers": [{"type": "Linear"}]},
    "loss": {"type": "MSELoss"},
    "optimizer": {"type": "SGD"},
}


def canonical(act="finish", **parts):
    """Return the text of a spec as it is stored."""
    return json.dumps({**CONFIG, "act": act, **parts}, sort_keys=True)


def version():
    return "acting"


class TaughtError(Exception):
    """An engine error with a message for people."""


def refusals():
    return (TaughtError,)


def warm():
    np.zeros(1) @ np.zeros(1)


def reports(spec, *, record_steps, until):
    wish = json.loads(spec)
    seeds = list(range(wish.get("seeds", 2)))
    count = wish.get("points", 5)
    points = []
    for index in range(count):
        point = [index, index * 4, {"train_loss": [1.0 / (1 + index + seed) for seed in seeds]}]
        points.append(point)
        yield {
            "points": [point], "epoch": index, "epochs": count - 1, "share": index / max(1, count - 1),
            "work": 0.0, "ahead": 0.0, "states": lambda after: [],
        }  # fmt: skip
        time.sleep(wish.get("pause", 0))
        if wish.get("obeys") and until():
            wish["reason"] = until()
            break
    ACTS[wish.get("act", "finish")](wish)
    yield {"document": document(wish, seeds, points)}


def document(wish, seeds, points):
    reason = wish.get("reason", "epochs")
    last = points[-1]
    return {
        "spec_hash": "",
        "engine": "acting",
        "seeds": seeds,
        "epochs": [point[0] for point in points],
        "steps": [point[1] for point in points],
        "curves": {"train_loss": [point[2]["train_loss"] for point in points]},
        "final": {"train_loss": last[2]["train_loss"]},
        "best": {"train_loss": last[2]["train_loss"]},
        "best_epoch": {"train_loss": [last[0] for _ in seeds]},
        "stop": [{"reason": reason, "epoch": last[0], "step": last[1]} for _ in seeds],
        "checks": {},
        "warnings": [],
        "records": {},
        "provenance": {"engine": "acting"},
    }


def finish(wish):
    pass


def hang(wish):
    signal.pause()


def spin(wish):
    while True:
        pass


def multiply(wish):
    big = np.ones((3000, 3000))
    while True:
        big = big @ big * 0


def hog(wish):
    kept = []
    while True:
        kept.append(np.ones(4 << 20))
        time.sleep(wish.get("pause", 0))


def cling(wish):
    """Allocate all available memory and keep it, since a fast machine allocates within milliseconds."""
    kept = []
    while True:
        try:
            kept.append(np.ones(1 << 20))
        except MemoryError:
            signal.pause()


def stop(wish):
    os.kill(os.getpid(), signal.SIGSTOP)


def flood(wish):
    out = message_pipe()
    while True:
        os.write(out, b'{"type":"ready"}\n' * 1000)


def long_line(wish):
    out = message_pipe()
    while True:
        os.write(out, b"x" * 65536)


def garbage(wish):
    os.write(message_pipe(), b"this is no message\n")
    signal.pause()


def half_line(wish):
    os.write(message_pipe(), b'{"type":"result","document":{"seeds":[0')
    os._exit(0)


def last_line_then_die(wish):
    body = json.dumps({"type": "result", "document": document(wish, [0], [[0, 0, {"train_loss": [0.5]}]])})
    os.write(message_pipe(), body.encode() + b"\n")
    os.kill(os.getpid(), 9)


def die(wish):
    os.kill(os.getpid(), 9)


def raise_taught(wish):
    raise TaughtError("layer 2 wants 3 columns, got 4")


def raise_bug(wish):
    raise KeyError("surprise")


def chatter(wish):
    print("hello on standard output")
    sys.stderr.write("e" * 100_000)


def tell(wish):
    """Fail with a report of what the child can see."""
    seen = {"env": dict(os.environ), "fds": len(open_files()), "cwd": os.readlink("/proc/self/cwd")}
    raise TaughtError(json.dumps(seen))


def attempt(wish):
    """Try something, and fail with the result: the name of the error, or the return value."""
    try:
        brought = attempts.ATTEMPTS[wish["attempt"]](wish)
    except (OSError, RuntimeError, ValueError) as error:
        brought = type(error).__name__
    raise TaughtError(json.dumps(brought))


def write_after_the_end(wish):
    body = json.dumps({"type": "result", "document": document(wish, [0], [[0, 0, {"train_loss": [0.5]}]])})
    os.write(message_pipe(), body.encode() + b"\nand more\n" + body.replace("0.5", "0.25").encode() + b"\n")
    signal.pause()


def flood_errors(wish):
    while True:
        os.write(2, b"e" * 65536)


def close_the_pipe(wish):
    os.close(message_pipe())
    signal.pause()


def message_pipe():
    """Return the descriptor for messages: the only pipe besides the three standard ones."""
    return next(number for number, mode in open_files().items() if number > 2 and stat.S_ISFIFO(mode))


def open_files():
    """Return the kind of every open file by its number."""
    found = {}
    for number in range(64):
        with suppress(OSError):
            found[number] = os.fstat(number).st_mode
    return found


ACTS = {name: act for name, act in globals().items() if callable(act) and name not in {"reports", "warm", "document"}}
