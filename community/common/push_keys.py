"""Private keys of the site for push notifications: numbers of the curve P-256 in base64url."""

import base64
import re
import secrets

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def fresh_push_key() -> str:
    """Return a new key: a number from 1 to below the order of the curve."""
    number = 1 + secrets.randbelow(ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode("ascii")


def is_push_key(value: str) -> bool:
    return bool(_FORM.fullmatch(value)) and 0 < int.from_bytes(base64.urlsafe_b64decode(f"{value}=")) < ORDER
