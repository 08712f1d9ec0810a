from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from community.common.templatetags import ui
from tests.html import html_of


def render(source: str, **values) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


class WritingForm(forms.Form):
    title = forms.CharField(label="Title", help_text="Say <what> you see.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False)
    place = forms.CharField(label="Place", required=False)
    wants_mail = forms.BooleanField(label="Mail me", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def test_an_icon_is_silent_without_a_label():
    drawn = render('{% icon "bell" 20 %}')
    assert 'aria-hidden="true"' in drawn
    assert 'width="20"' in drawn
    assert "stroke" not in drawn and "\n" not in drawn  # the stylesheet styles all icons
    assert "visually-hidden" not in drawn


def test_an_icon_says_its_label_escaped():
    assert '<span class="visually-hidden">a &lt;b&gt;</span>' in render('{% icon "bell" 20 label %}', label="a <b>")


def test_an_avatar_is_a_silent_picture_of_our_own():
    person = SimpleNamespace(pk=7, avatar_url="/avatar/7.svg?v=1")
    drawn = render("{% avatar person 24 %}", person=person)
    assert 'src="/avatar/7.svg?v=1"' in drawn
    assert 'alt=""' in drawn
    assert 'width="24" height="24"' in drawn


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=12, seconds=30), "12 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=1, hours=5), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
    ],
)
def test_ago_is_short(age, words):
    with translation.override("en"):
        assert f">{words}</time>" in render("{% ago moment %}", moment=timezone.now() - age)


def test_ago_gives_the_exact_moment_to_machines():
    moment = datetime(2024, 2, 29, 8, 30, tzinfo=UTC)
    drawn = render("{% ago moment %}", moment=moment)
    assert 'datetime="2024-02-29T08:30:00+00:00"' in drawn
    assert ">Feb. 29, 2024</time>" in drawn


def test_ago_of_a_moment_to_come_is_now():
    assert "just now" in render("{% ago moment %}", moment=timezone.now() + timedelta(minutes=5))


def test_ago_of_nothing_is_nothing():
    assert render("{% ago moment %}", moment=None) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.25134, "0.2513"),
        (0.00018, "0.0002"),
        (3.14e-7, "3.1×10⁻⁷"),
        (1234.56, "1234.6"),
        (2.5e9, "2.5×10⁹"),
        (0.0, "0.0000"),
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_a_loss_keeps_about_four_digits(value, words):
    assert ui.loss(value) == words


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (999, "999"), (1234, "1.2k"), (9_960, "10k"), (34_500, "34k")])
def test_a_count_is_shortened_for_a_narrow_place(value, words):
    assert ui.short_count(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(9_999, "9999"), (10_000, "1.0万"), (12_340, "1.2万"), (99_600, "10万"), (345_000, "34万")]
)
def test_a_chinese_count_is_in_ten_thousands(value, words):
    with translation.override("zh-hans"):
        assert ui.short_count(value) == words


def test_a_number_is_grouped_by_language():
    with translation.override("en"):
        assert ui.number(1234567) == "1,234,567"


def test_a_number_that_is_not_there_is_a_dash():
    assert ui.number(None) == "–"


@pytest.mark.parametrize(("code", "attribute"), [("zh-hans", "zh-Hans"), ("en", "en"), ("", "")])
def test_a_language_code_becomes_a_lang_attribute(code, attribute):
    assert ui.html_lang(code) == attribute


@pytest.mark.parametrize(
    ("path", "is_here"), [("/questions/", True), ("/questions/?order=new", True), ("/runs/", False), ("/ask/", True)]
)
def test_a_place_knows_whether_the_reader_is_in_it(rf, path, is_here):
    drawn = render('{% place "/questions/" "Questions" also="/ask/" %}', request=rf.get(path))
    assert ('aria-current="page"' in drawn) is is_here


def test_a_field_ties_help_and_errors_to_its_control():
    drawn = html_of(render("{% field form.title %}", form=WritingForm({"title": ""})))
    assert '<label for="id_title">' in drawn
    assert 'aria-describedby="id_title_helptext id_title_error"' in drawn
    assert 'id="id_title_helptext">Say &lt;what&gt; you see.' in drawn
    assert 'id="id_title_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_a_field_without_errors_shows_none():
    assert "field-error" not in render("{% field form.title %}", form=WritingForm())


def test_a_check_box_stands_before_its_label():
    drawn = render("{% field form.wants_mail %}", form=WritingForm())
    assert drawn.index("<input") < drawn.index("Mail me")


def test_choices_are_a_group_with_a_legend():
    drawn = render("{% field form.kind %}", form=WritingForm())
    assert "<fieldset" in drawn
    assert drawn.count('type="radio"') == 2


def test_a_field_says_that_it_is_optional_only_when_it_is():
    form = WritingForm()
    assert "optional" in render("{% field form.place optional=True %}", form=form)
    assert "optional" not in render("{% field form.title optional=True %}", form=form)


def test_a_hidden_field_is_only_its_input():
    assert render("{% field form.key %}", form=WritingForm()).strip() == '<input type="hidden" name="key" id="id_key">'
