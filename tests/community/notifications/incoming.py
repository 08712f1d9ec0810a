"""Emails that come in, as mail servers deliver them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from django.utils import timezone

from community.content.models import Post, Thread
from community.notifications.inbound import addresses

REPLY_TO, BOUNCES_TO = "reply@in.example", "bounce@in.example"
QUOTED = """
On Wed, 2 Dec 2026 at 12:02, Ada on Chainrule <noreply@localhost> wrote:

> Ada answered Why is W transposed?
>
> Because.
>
> --
> Stop these emails: http://testserver/notifications/email/token/
"""


def reply_to(person: Any, post: Any) -> str:
    return addresses.reply_address(person, "post", post.pk)


def written(person: Any, post: Any, words: str = "Thank you, that *helps*.\n", **headers: str) -> EmailMessage:
    """Return a reply as a client writes it; `headers` are others, or replace those that it has."""
    message = EmailMessage()
    given = {
        "From": f"Somebody <{person.email}>",
        "To": reply_to(person, post),
        "Subject": "Re: Why?",
        "Message-ID": make_msgid(domain="mail.example"),
    }
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(words)
    return message


def report(person: Any, status: str = "5.1.1", action: str = "failed", to: str = "") -> bytes:
    """Return a report of a mail server on a letter to a person (RFC 3464)."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example
To: {to or addresses.bounce_address(person)}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

It did not work.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {person.email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} no

--b1
Content-Type: message/rfc822

Subject: Re: Why?

The letter.
--b1--
""".encode()


def newest(post: Any) -> Post:
    return Post.objects.filter(thread=post.thread_id).latest("number")


def lock(asker: Any, post: Any) -> None:
    Thread.objects.filter(pk=post.thread_id).update(locked_at=timezone.now())
