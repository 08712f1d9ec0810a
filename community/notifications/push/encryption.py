"""Encryption for one device (RFC 8291): AES-128-GCM with a key that only we and the browser can derive."""

from __future__ import annotations

import base64
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT_BYTES, AUTH_BYTES, SALT_BYTES = 65, 16, 16
RECORD_BYTES = 4_096
MOST_BYTES = RECORD_BYTES - 16 - POINT_BYTES - SALT_BYTES - 5 - 1
"""What fits into the one record that push services take (RFC 8291, section 4), in bytes."""
LAST_RECORD = b"\x02"


def decoded(text: str) -> bytes:
    """Decode base64url without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(text: str) -> bool:
    """Return whether a text is a public key of a browser, in base64url."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(text))
    except ValueError:
        return False
    return len(decoded(text)) == POINT_BYTES


def is_secret(text: str) -> bool:
    """Return whether a text is the shared secret of a browser, in base64url."""
    try:
        return len(decoded(text)) == AUTH_BYTES
    except ValueError:
        return False


def encrypt(
    text: bytes, *, device_key: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """Return a message for a device as its push service takes it; `own` and `salt` are fresh ones by default.

    `device_key` is a point of POINT_BYTES, `auth` a secret of AUTH_BYTES, `text` at most MOST_BYTES.
    """
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(SALT_BYTES)
    theirs, ours = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, device_key), point_of(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\0" + device_key + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack(">IB", RECORD_BYTES, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, text + LAST_RECORD, None)


def _derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, purpose).derive(secret)
