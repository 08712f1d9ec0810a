"""What the writer of a reply wrote, among what clients add to it."""

from __future__ import annotations

import pytest

from community.notifications.inbound.html import as_text
from community.notifications.inbound.messages import _unflowed
from community.notifications.inbound.quotes import own_words
from tests.community.test_patterns import grows

OWN = "Thank you.\n\nThat *helps*, but why $W^T$?"

AFTER = {
    "gmail": "On Wed, 2 Dec 2026 at 12:02, Ada on Chainrule <noreply@site.example> wrote:\n\n> Because.\n> And more.\n",
    "gmail, wrapped": "On Wed, 2 Dec 2026 at 12:02, Ada on Chainrule <\nnoreply@site.example> wrote:\n\n> Because.\n",
    "apple": "> On 2 Dec 2026, at 12:02, Ada on Chainrule <noreply@site.example> wrote:\n>\n> Because.\n",
    "thunderbird": "On 12/2/26 12:02, Ada on Chainrule wrote:\n> Because.\n",
    "unquoted": "On Wednesday, Ada on Chainrule <noreply@site.example> wrote:\n\nBecause.\n\nAnd more.\n",
    "outlook": "________________________________\nFrom: Ada <noreply@site.example>\nSent: Wednesday\nTo: You\n"
    "Subject: Re: Why?\n\nBecause.\n",
    "outlook, bold": "*From:* Ada <noreply@site.example>\n*Sent:* Wednesday\n*To:* You\n*Subject:* Re: Why?\n\nYes.\n",
    "old outlook": "-----Original Message-----\nFrom: Ada\nBecause.\n",
    "gmail, Chinese": "Ada on Chainrule <noreply@site.example> 于2026年12月2日周三 12:02写道：\n\n> Because.\n",
    "apple, Chinese": "在 2026年12月2日，12:02，Ada on Chainrule <noreply@site.example> 写道：\n\n> Because.\n",
    "outlook, Chinese": "发件人: Ada <noreply@site.example>\n发送时间: 2026年12月2日\n收件人: 你\n主题: 问\n\n是的。\n",
    "qq": "------------------ 原始邮件 ------------------\n发件人: Ada\n是的。\n",
    "163": "---- 回复的原邮件 ----\n| 发件人 | Ada |\n是的。\n",
    "qq, plain": "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;Ada\n是的。\n",
    "qq, spaces": "------------------\u00a0Original\u00a0------------------\nFrom: Ada\nYes.\n",
    "163, old": 'At 2026-12-02 12:02:00, "Ada on Chainrule" <noreply@site.example> wrote:\n>Because.\n>And more.\n',
    "163, old, unquoted": '在 2026-12-02 12:02:00，"Ada" <noreply@site.example> 写道：\n\n是的。\n',
    "outlook, German": "Von: Ada <noreply@site.example>\nGesendet: Mittwoch\nAn: Du\nBetreff: Re: Warum?\n\nDarum.\n",
    "outlook, Taiwan": "寄件者: Ada <noreply@site.example>\n寄件日期: 2026年12月2日\n收件者: 你\n主旨: 問\n\n是的。\n",
    "japanese": "2026年12月2日(水) 12:02 Ada <noreply@site.example>:\n\n> Because.\n",
    "dutch": "Op wo 2 dec 2026 om 12:02 schreef Ada <noreply@site.example>:\n\n> Because.\n",
    "signature and quote": "--\nThe Asker\n\nOn 2 Dec 2026, at 12:02, Ada wrote:\n> Because.\n",
    "windows, Chinese": "从 Windows 版邮件发送\n",
    "german": "Am 02.12.26 um 12:02 schrieb Ada on Chainrule:\n> Because.\n",
    "french": "Le mer. 2 déc. 2026 à 12:02, Ada <noreply@site.example> a écrit :\n> Because.\n",
    "signature": "-- \nThe Asker\nUniversity\n",
    "signature without its space": "--\nThe Asker\n",
    "phone": "Sent from my iPhone\n",
    "phone, Chinese": "发自我的 iPhone\n",
    "phone and quote": "Get Outlook for iOS\n\n> Because.\n",
    "quote and phone": "发自我的华为手机\n\n在 2026年12月2日，Ada <noreply@site.example> 写道：\n> Because.\n",
    "nothing": "",
}


@pytest.mark.parametrize("added", AFTER.values(), ids=AFTER.keys())
def test_what_clients_add_below_is_left_out(added):
    assert own_words(f"{OWN}\n\n{added}") == OWN


@pytest.mark.parametrize("name", ["gmail", "apple", "thunderbird", "gmail, Chinese", "apple, Chinese"])
def test_what_is_written_below_the_whole_message_is_found(name):
    assert own_words(f"{AFTER[name]}\n{OWN}\n") == OWN


def test_quotes_that_are_answered_one_by_one_are_kept():
    text = (
        "On Wed, Ada on Chainrule <noreply@site.example> wrote:\n> Because of x.\n\nWhich x?\n\n"
        "> And of y.\n\nI see.\n\n> Regards\n"
    )
    assert own_words(text) == "> Because of x.\n\nWhich x?\n\n> And of y.\n\nI see."


def test_inline_answers_below_a_signature_are_kept():
    text = (
        "See below.\n\n-- \nMe\nUniversity\n\nOn 2 Dec 2026, at 12:02, Ada wrote:\n> Why?\n\nBecause.\n\n> How?\n\nSo."
    )
    assert own_words(text) == "See below.\n\n\n> Why?\n\nBecause.\n\n> How?\n\nSo."


def test_a_line_above_the_head_of_a_quote_is_no_part_of_it():
    head = "在 2026年12月2日，12:02，Ada <noreply@site.example> 写道：\n> 是的\n"
    assert own_words(f"谢谢\n{head}") == "谢谢"
    assert own_words(f"On 2 December I wrote\nto her.\n{head}") == "On 2 December I wrote\nto her."


@pytest.mark.parametrize(
    "text",
    [
        "See:\n\n```sql\nselect 1\n-- \nfrom t\n```\n\nWhy?",
        "My email:\n\n~~~~\nFrom: a\nTo: b\nSubject: c\n> d\n~~~~\n\nIs it right?",
        "```\n>>> f(2)\n\n\nOn 2 Dec 2026, Ada <a@b.example> wrote:\n```",
        "$$\na\n> b\n-----Original Message-----\n$$",
        "An open fence:\n\n```\nx = 1",
        "On page 3 the author wrote:\n> It saturates.\n\nIs it right?",
        "他在论文里写道：\n\n> 饱和。\n\n对吗？",
        "On page 12 of chapter 3, Goodfellow wrote:\n\n> It saturates.\n\nIs it right?",
        "On page 12 of chapter 3, Goodfellow wrote:\n\n> It saturates.",
        "2017年的论文第3节写道：\n\n> 饱和。\n\n对吗？",
        "As the docs say:\n\n> It saturates.",
        "> It saturates (p. 180).\n\nIs this true?",
        "Hi,\n\nOn Monday bob@x.example wrote:\n\nthe loss is NaN.\n\nWhat shall I tell him?",
        "一样的结果。\n\n从Mac上运行也是一样的结果",
        "来自Windows的报错怎么解决？",
        "First.\n\n--\n\nSecond.\nThird.",
        "First.\n\n--\nSecond.\n\nThird.",
        "On Monday I wrote:\nthe loss is NaN.",
        "从我的角度看，这是对的。",
        "Heading\n--\n\nText",
        "* one\n* two\n\n---\n\nThree",
        "From: nowhere\n\nTo: somewhere\n\nI went.",
        "    indented code\n\nand text",
        "```python\nx = 1\n\n\ny = 2\n```",
        "She wrote: nothing.",
        "他写道：没有。\n\n这是我的看法。",
        "Best,\nAda",
        "谢谢，\n小明",
    ],
)
def test_what_people_write_is_left_as_it_is(text):
    assert own_words(text) == text


def test_only_a_quote_is_nothing():
    assert own_words("> Because.\n> And more.\n") == own_words("\n \n") == own_words("") == ""


HOSTILE = (
    "a:\n",
    "\n--\na\n",
    "```\n",
    "1 2 <a@b>:\n",
    "<a@:\n",
    "1 2 <a@b>:\n> \n",
    "a:\n\n\n",
    "$$\n",
    "On \n",
    "On a\n",
    f"{'-' * 30}\n",
    f"{'_' * 30}\n\n\n",
    "From: a\n",
    "From: a\n\n",
    "> \n",
    "在写道：\n",
)


@pytest.mark.parametrize("line", HOSTILE)
def test_many_lines_that_look_like_a_client_take_no_longer_than_others(line):
    assert not grows(own_words, *(line * (length // len(line)) for length in (20_000, 80_000)))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("One line \nthat goes on.\nAnother.", "One line that goes on.\nAnother."),
        (" indented \nby one", "indented by one"),
        ("Mine \n> theirs \n> more", "Mine \n> theirs \n> more"),
        ("Mine\n-- \nMe", "Mine\n-- \nMe"),
    ],
)
def test_lines_that_a_client_broke_are_joined(sent, read):
    assert _unflowed(sent, deletes_space=False) == read


def test_a_client_that_adds_spaces_says_so():
    assert _unflowed("反向 \n传播", deletes_space=True) == "反向传播"


class TestHtml:
    def test_blocks_are_lines_and_quotes_are_marked(self):
        html = "<div>One<br>two</div><p>Three</p><blockquote>Four<blockquote>five</blockquote></blockquote>six"
        assert as_text(html) == "One\ntwo\n\nThree\n\n> Four\n>> five\nsix"

    def test_lists_have_marks_and_quotes_no_empty_ends(self):
        html = (
            "<ol><li><p>one</p></li><li>two<ul><li>a</li></ul></li><li>three</li></ol>"
            "<blockquote><p>q</p><p>r</p></blockquote>z"
        )
        assert as_text(html) == "1. one\n\n2. two\n* a\n3. three\n\n> q\n>\n> r\n\nz"

    def test_outlook_says_where_the_message_before_begins(self):
        html = '<div>Mine.</div><div id="appendonsend"></div><div id="divRplyFwdMsg">From: Ada</div><div>Theirs.</div>'
        assert own_words(as_text(html)) == "Mine."

    def test_gmail_too(self):
        html = (
            '<div dir="ltr">Mine.</div><br><div class="gmail_quote"><div class="gmail_attr">On Wed, Ada &lt;'
            '<a href="mailto:noreply@site.example">noreply@site.example</a>&gt; wrote:<br></div>'
            '<blockquote class="gmail_quote">Theirs.</blockquote></div>'
        )
        assert own_words(as_text(html)) == "Mine."

    def test_code_keeps_its_lines_and_cells_their_distance(self):
        assert as_text("<pre>x = 1\n  y = 2</pre>") == "x = 1\n  y = 2"
        assert as_text("<table><tr><td>a</td><td>b</td></tr></table>") == "a  b"

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("a<!-- <p>x</p> -->b<!--c", "ab"),
            ('<a title="1 > 0" href=x>link</a> 1 < 2 <3 <', "link 1 < 2 <3 <"),
            ('<div>odd "quotes</div> <p x=">text', 'odd "quotes\n\ntext'),
            ("<STYLE>p > a {}</STYLE>a<title>b</title><o:p>c</o:p><![endif]><?xml?>d</>", "acd"),
            ("<script>never ends", ""),
            ("</blockquote></pre></ul>a</p>", "a"),
            ("&amp;lt; &#8212; &#" + "9" * 5_000 + ";", "&amp;lt; &#8212; &#" + "9" * 5_000 + ";"),
            ("&amp;lt;&nbsp;&#8212;", "&lt; —"),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ],
    )
    def test_what_clients_get_wrong_is_read(self, html, text):
        assert as_text(html) == text

    TAGS = ("<p>", "<blockquote>", "<b><p>", "<table><td>", "<!--", "<a href='", '<a ">', "<div>", "<ul><li>",
            "<i></x>", "<div id", "<", "<script>", "&#1", "<p>&lt;</p>")  # fmt: skip

    @pytest.mark.parametrize("tag", TAGS)
    def test_many_tags_take_no_longer_than_others(self, tag):
        assert not grows(as_text, *(tag * (length // len(tag)) for length in (50_000, 200_000)))

    def test_tags_that_browsers_repeat_are_read_once(self):
        html = "".join(f"<p><b x={number}>w" for number in range(20_000))
        assert as_text(html).count("w") == 20_000
