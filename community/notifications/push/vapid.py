"""How the site names itself to push services (RFC 8292): a token signed with the key that devices were told."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import parseaddr
from functools import cache
from urllib.parse import SplitResult

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from community.notifications.push.encryption import CURVE, decoded, encoded, point_of

LASTS = 12 * 3600
"""Seconds of a token; push services take at most a day."""


def is_offered() -> bool:
    """Return whether the site has a key, without which no push service takes anything from it."""
    return bool(settings.PUSH_KEY)


def public_key() -> str:
    """Return the site's public key as browsers take it."""
    return encoded(point_of(_key(settings.PUSH_KEY).public_key()))


def authorization(endpoint: SplitResult) -> str:
    """Return the header by which a push service knows us."""
    claims = {"aud": f"https://{endpoint.netloc}", "exp": int(time.time()) + LASTS, "sub": _contact()}
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = decode_dss_signature(_key(settings.PUSH_KEY).sign(signed.encode("ascii"), ec.ECDSA(SHA256())))
    return f"vapid t={signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}, k={public_key()}"


def _contact() -> str:
    """Return where a push service finds who runs the site."""
    if settings.SITE_ADDRESS.startswith("https://"):
        return settings.SITE_ADDRESS
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


@cache
def _key(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(private)), CURVE)


def _part(value: Mapping[str, object]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())
