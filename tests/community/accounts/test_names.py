import pytest
from django.core.exceptions import ValidationError

from community.accounts import names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O'Neil", "O'Neil"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("李雷（数学系）", "李雷（数学系）"),
        ("Jose\u0301", "José"),
        ("👩\u200d🔬 Ada", "👩\u200d🔬 Ada"),
        ("", ""),
    ],
)
def test_a_display_name_is_free(typed, kept):
    assert names.check(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Ada\u202e", "An invisible character (U+202E) is in this text. Please remove it or type the text anew."),
        ("Ada\u2066", "An invisible character (U+2066) is in this text. Please remove it or type the text anew."),
        ("A\x00da", "An invisible character (U+0000) is in this text. Please remove it or type the text anew."),
        ("A\x1bda", "An invisible character (U+001B) is in this text. Please remove it or type the text anew."),
        ("\udc00", "An invisible character (U+DC00) is in this text. Please remove it or type the text anew."),
        ("x" * 61, "A name has at most 60 characters; this one has 61."),
        ("a" + "\u0301\u0302\u0303\u0304\u0305\u0306", "Too many marks stand on one letter of this name."),
    ],
    ids=ascii,
)
def test_what_nobody_can_see_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        names.check(typed)
    assert refusal.value.messages == [sentence]
