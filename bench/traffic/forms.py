"""Forms as a page of the site sends them."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from bench.traffic.client import Call

TEXT = "A reply with $e = mc^2$ and **some** Markdown, long enough to be a real one. "


def reply_call(port: int, thread: int, cookie: str, number: int) -> Call:
    source = f"{TEXT * 4} Number {number} at {time.time_ns()}."
    return form_call("reply", port, f"/threads/{thread}/reply/", cookie, {"source": source})


def form_call(kind: str, port: int, path: str, cookie: str, fields: dict[str, str]) -> Call:
    """Return a form as a page of the site sends it."""
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{port}",
        "Sec-Fetch-Site": "same-origin",
    }
    return Call(kind, path, tuple(headers.items()), "POST", urlencode(fields).encode())
