"""Fence functions for the rendering child: a correct one, and all kinds of faulty ones."""

import os
import time


def embed(text, line):
    if "wrong" in text:
        return (
            '<pre class="run-config" onclick="alert(1)"><script>alert(1)</script>wrong</pre>',
            [],
            [{"line": line, "column": 1, "path": "", "message": "wrong"}],
        )
    return f'<div class="run-embed" data-run="{len(text):032x}"></div>', [{"key": f"{len(text):032x}"}], []


def fails(text, line):
    raise RuntimeError("fails")


def sleeps(text, line):
    time.sleep(30)
    return "", [], []


def spins(text, line):
    while True:
        pass


def dies(text, line):
    os._exit(3)


def eats(text, line):
    return "x" * (2 * 1024**3), [], []


def prints(text, line):
    print("noise on standard output")
    return "<p>quiet</p>", [], []
