"""The examples of RFC 8291 and 8292, and what a browser makes of a message."""

import json
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from community.common.push_keys import ORDER, fresh_push_key, is_push_key
from community.notifications.push import vapid
from community.notifications.push.encryption import (
    CURVE,
    MOST_BYTES,
    RECORD_BYTES,
    decoded,
    encoded,
    encrypt,
    is_point,
    is_secret,
)
from tests.community.notifications.push_service import Browser

# RFC 8291, section 5 and appendix A.
WORDS = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard():
    own = ec.derive_private_key(int.from_bytes(decoded(SENDER)), CURVE)
    made = encrypt(WORDS, device_key=decoded(RECEIVER), auth=decoded(AUTH), own=own, salt=decoded(SALT))
    assert encoded(made) == MESSAGE


def test_a_browser_reads_what_is_encrypted_for_it_and_no_message_is_like_another():
    browser = Browser()
    keys = {"device_key": decoded(browser.form["p256dh"]), "auth": browser.auth}
    longest = json.dumps("x" * (MOST_BYTES - 2)).encode()
    first, second = encrypt(longest, **keys), encrypt(longest, **keys)
    assert browser.read(first) == browser.read(second) == "x" * (MOST_BYTES - 2)
    assert first != second and len(first) == RECORD_BYTES


def test_the_site_names_itself_with_a_token_for_this_push_service(settings):
    settings.SITE_ADDRESS = "https://chainrule.example"
    scheme, words = vapid.authorization(urlsplit("https://push.example/abc")).split(" ", 1)
    fields = dict(each.strip().split("=", 1) for each in words.split(","))
    head, claims, signature = fields["t"].split(".")
    assert scheme == "vapid" and fields["k"] == vapid.public_key()
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = json.loads(decoded(claims))
    assert (said["aud"], said["sub"]) == ("https://push.example", "https://chainrule.example")
    raw = decoded(signature)
    own = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(fields["k"]))
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    own.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


def test_a_site_without_https_names_its_sender(settings):
    settings.SITE_ADDRESS, settings.DEFAULT_FROM_EMAIL = "http://127.0.0.1:8000", "Chainrule <noreply@localhost>"
    words = vapid.authorization(urlsplit("https://push.example/"))
    assert json.loads(decoded(words.split(".")[1]))["sub"] == "mailto:noreply@localhost"


def test_a_fresh_key_is_one():
    key = fresh_push_key()
    assert is_push_key(key) and key != fresh_push_key()
    wrong = ("", "abc", f"{key}=", "A" * 43, encoded(ORDER.to_bytes(32)))
    assert not any(map(is_push_key, wrong))


@pytest.mark.parametrize("text", ["", "é", "AAAA", "=" * 8, encoded(b"\x04" + b"\x01" * 64), encoded(b"\x02" * 33)])
def test_what_is_no_key_of_a_browser_is_told_apart(text):
    assert not is_point(text) and not is_secret(text)
    assert is_point(RECEIVER) and is_secret(AUTH)
