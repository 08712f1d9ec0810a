"""Email in any charset, broken, huge or hostile."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from django.core import mail

from community.notifications.inbound import messages
from community.notifications.inbound.door import Outcome, receive
from tests.community.notifications.incoming import newest, reply_to, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_email")]


def raw_reply(asker, post, content: bytes) -> bytes:
    head = f"From: {asker.email}\nTo: {reply_to(asker, post)}\nMessage-ID: <1@mail.example>\nMIME-Version: 1.0\n"
    return head.encode() + content


CHINESE = "谢谢，这很有帮助。"


class TestHostile:
    CHARSETS = (
        ("utf-8", CHINESE.encode()),
        ("gb2312", CHINESE.encode("gb18030")),
        ("gbk", CHINESE.encode("gbk")),
        ("big5", "謝謝".encode("big5")),
        ("x-unknown", CHINESE.encode()),
        ("x-unknown", CHINESE.encode("gb18030")),
        ("us-ascii", CHINESE.encode()),
        ("idna", CHINESE.encode()),
        ("", CHINESE.encode()),
        ("utf-16", CHINESE.encode("utf-16")),
    )

    @pytest.mark.parametrize(("charset", "words"), CHARSETS, ids=lambda value: value if isinstance(value, str) else "")
    def test_charsets_are_read_as_they_were_meant(self, asker, post, charset, words):
        named = f"; charset={charset}" if charset else ""
        body = f"Content-Type: text/plain{named}\nContent-Transfer-Encoding: base64\n\n".encode()
        assert receive(raw_reply(asker, post, body + base64.b64encode(words))) == Outcome.POSTED
        assert newest(post).source.strip() in (CHINESE, "謝謝")

    @pytest.mark.parametrize(
        "content",
        [
            b"Content-Type: text/plain; charset=utf-8\n\nBroken \xff\xfe words\x00\x07.\n",
            b"Content-Type: text/plain; charset=\xff\xff\n\nBroken words.\n",
            b"Content-Type: text/plain; charset*=%%%'\n\nBroken words.\n",
            b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nQnJva2VuIHdvcmRz===*\n",
            b"Content-Type: text/plain\nContent-Transfer-Encoding: nonsense\n\nBroken words.\n",
            b"Content-Type: multipart/mixed\n\nBroken words without a boundary.\n",
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nBroken words without an end.\n",
            b"Content-Disposition: \xff\n\nBroken words.\n",
            b"Content-Type: ;;;\n\nBroken words.\n",
        ],
    )
    def test_broken_messages_give_what_can_be_read(self, asker, post, content):
        outcome = receive(raw_reply(asker, post, content))
        assert outcome in (Outcome.POSTED, Outcome.SENT_BACK)
        assert outcome == Outcome.SENT_BACK or "roken" in newest(post).source

    def test_parts_without_end_are_not_parsed(self, asker, post):
        deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000))
        assert receive(raw_reply(asker, post, deep)) == Outcome.SENT_BACK
        assert "This email could not be read. Please reply on the page." in mail.outbox[0].body

    @pytest.mark.parametrize("sign", [b" =", b"\t=", b"\n =", b"*0=", b"\x1c="])
    def test_nor_are_those_whose_boundary_is_written_otherwise(self, asker, post, sign):
        deep = b"".join(b"Content-Type: multipart/mixed; boundary%sb%d\n\n--b%d\n" % (sign, n, n) for n in range(50))
        assert receive(raw_reply(asker, post, deep + b"Words.\n")) == Outcome.SENT_BACK

    @pytest.mark.parametrize("words", ["The boundary moves. ", "boundary = grid(w)\n", "A **boundary** of 1.\n"])
    def test_a_text_about_boundaries_is_like_any_other(self, asker, post, words):
        assert receive(written(asker, post, words * 100).as_bytes()) == Outcome.POSTED

    def test_headers_without_end_are_cut(self, asker, post):
        many = b"".join(b"X-%d: %s\n" % (n, b"x" * 900) for n in range(3_000))
        assert receive(raw_reply(asker, post, many + b"\nWords.\n")) in (Outcome.POSTED, Outcome.SENT_BACK)
        assert receive(b"From: " + b"(" * 1_000_000) == Outcome.UNKNOWN
        assert receive(b"To: " + b"<a@b>," * 300_000) == Outcome.UNKNOWN
        assert receive(b"To: " + b"(" * 3_000) == Outcome.UNKNOWN
        assert receive(b"From: " + b"(" * 3_000 + b"\n" + written(asker, post).as_bytes()) == Outcome.FORGED
        assert receive(b"\x00" * 1_000) == receive(b"") == Outcome.UNKNOWN

    def test_only_html_becomes_text(self, asker, post):
        message = EmailMessage()
        for name, value in written(asker, post).items():
            if name in ("From", "To", "Message-ID"):
                message[name] = value
        html = (
            "<style>p { color: red }</style><script>alert(1)</script>"
            "<p>Thank&nbsp;you, <b>that</b> helps: 1 &lt; 2.</p>"
            '<ul><li>one, see <A class="x" HREF="https://example.org/a?b=1&amp;c=2">the<br>note</A></li><li>'
            '<a href="https://example.org/two/">https://example.org/two</a>, <a href="javascript:alert(1)">three</a>'
            '<a href="https://example.org/logo"><img></a></li></ul>'
            "<div>On Wed, Ada &lt;noreply@localhost&gt; wrote:</div>"
            "<blockquote><p>Because.</p></blockquote>"
        )
        message.set_content(html, subtype="html")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == (
            "Thank you, that helps: 1 < 2.\n\n* one, see the\nnote <https://example.org/a?b=1&c=2>\n"
            "* https://example.org/two, three\n"
        )
        assert 'href="https://example.org/a?b=1&amp;c=2"' in newest(post).html

    def test_the_plain_part_is_preferred_and_attached_texts_are_not_read(self, asker, post):
        message = written(asker, post, "Plain.\n")
        message.add_alternative("<p>Rich</p>", subtype="html")
        message.add_attachment("Secret notes", filename="notes.txt")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Plain.\n"

    def test_nor_are_files_that_are_shown_among_the_text(self, asker, post):
        message = written(asker, post, "Plain.\n")
        message.add_attachment("Secret notes", filename="notes.txt", disposition="inline")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Plain.\n"
        assert "Your reply was posted without its attachments." in mail.outbox[0].body

    def test_what_is_posted_is_as_safe_as_from_the_page(self, asker, post):
        receive(written(asker, post, "<script>alert(1)</script> [x](javascript:alert(1))\n").as_bytes())
        assert "<script" not in newest(post).html and 'href="javascript:' not in newest(post).html


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_without_end_are_cut_before_anything_is_parsed(end):
    most = messages.MOST_LINES
    assert messages.within_limits((b"x" + end) * most) == ((b"x" + end) * most, False)
    assert messages.within_limits((b"x" + end) * (most + 1)) == ((b"x" + end) * most, True)
    kept, is_cut = messages.within_limits(b"x" * (messages.READ_BYTES + 1))
    assert (len(kept), is_cut) == (messages.READ_BYTES, True)
