import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format

from community.common import drawn
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


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("", "Nov. 1, 2026, 11:30 p.m. UTC"),
        ("UTC", "Nov. 1, 2026, 11:30 p.m. UTC"),
        ("Asia/Shanghai", "Nov. 2, 2026, 7:30 a.m."),
    ],
)
def test_a_time_says_its_zone_to_who_has_chosen_none(zone, said):
    moment = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo(zone) if zone else timezone.get_default_timezone()):
        drawn = render("{% ago moment %}", moment=moment)
    assert f'title="{said}"' in drawn


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
@pytest.mark.parametrize("clock", [(0, 0), (0, 5), (8, 30), (12, 0), (17, 0), (23, 59)])
def test_an_exact_time_is_as_django_writes_it(language, clock):
    zone = ZoneInfo("Asia/Tokyo")
    moment = datetime(2026, 11, 1, *clock, tzinfo=zone)
    with translation.override(language):
        assert ui.exact_time(moment.astimezone(UTC), zone) == date_format(moment, "DATETIME_FORMAT")


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
    ("path", "current"),
    [("/questions/", "Questions"), ("/questions/?order=new", "Questions"), ("/runs/abc/", "Runs"), ("/tags/", None)],
)
def test_the_main_sections_know_which_one_the_reader_is_in(rf, path, current):
    request = rf.get(path)
    drawn = render('{% section request.path as place %}{% kept "shell/places.html" section=place %}', request=request)
    assert re.findall(r'aria-current="page">(\w+)', drawn) == ([current] if current else [])


@pytest.fixture
def renders(monkeypatch):
    """Collect the names of the fragments that are rendered, not kept."""
    made, rendered = [], drawn._rendered
    monkeypatch.setattr(drawn, "_rendered", lambda name, inputs: made.append(name) or rendered(name, inputs))
    drawn.fragments.clear()
    return made


def test_a_kept_part_is_rendered_once_for_each_language_and_theme(renders):
    pressed = {}
    for _ in range(3):
        for language in ("en", "zh-hans"):
            for theme in ("light", "auto", "dark"):
                with translation.override(language):
                    part = render('{% kept "shell/switches.html" theme=theme %}', theme=theme)
                pressed[language, theme] = re.findall(r'value="([\w-]+)"[^>]*aria-pressed="true"', part)
    assert pressed == {each: list(each) for each in pressed}
    assert len(renders) == len(pressed) == 6


def test_a_kept_part_sees_nothing_of_the_page_but_its_inputs():
    ada = SimpleNamespace(visible_name="Ada", handle="ada")
    drawn = render('{% kept "shell/own_menu.html" handle="bob" %}', user=ada, name="Ada", theme="dark", is_staff=True)
    assert "@bob" in drawn and "Ada" not in drawn and "/moderation/" not in drawn


def test_parts_are_rendered_anew_while_templates_are_written(settings, renders):
    settings.DEBUG = True
    for _ in range(2):
        assert "switches" in ui.kept("shell/switches.html", theme="dark")
    assert len(renders) == 2


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


def test_hidden_fields_have_the_attributes_of_their_widget_and_one_that_a_form_lacks_is_left_out():
    form = WritingForm()
    form.fields["key"].widget.attrs["data-kept"] = "a & b"
    shown = render("{% hidden form.key form.absent %}", form=form)
    assert shown == '<input type="hidden" name="key" value="" data-kept="a &amp; b" id="id_key">'


def test_a_hidden_field_is_only_its_input():
    assert render("{% field form.key %}", form=WritingForm()).strip() == '<input type="hidden" name="key" id="id_key">'


@pytest.mark.parametrize("value", ["", "reply:5", "0", '"><b>', None])
def test_hidden_fields_are_as_django_shows_them(value):
    form = WritingForm(initial={"key": value})
    ours, theirs = (
        dict(re.findall(r'(\w+)="([^"]*)"', text))
        for text in (render("{% hidden form.key %}", form=form), str(form["key"]))
    )
    assert ours == {"value": ""} | theirs
