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
        ("Ada\u202e", "This text contains an invisible character (U+202E). Please remove it or retype the text."),
        ("Ada\u2066", "This text contains an invisible character (U+2066). Please remove it or retype the text."),
        ("A\x00da", "This text contains an invisible character (U+0000). Please remove it or retype the text."),
        ("A\x1bda", "This text contains an invisible character (U+001B). Please remove it or retype the text."),
        ("\udc00", "This text contains an invisible character (U+DC00). Please remove it or retype the text."),
        ("x" * 61, "A name can have at most 60 characters; this one has 61."),
        ("a" + "\u0301\u0302\u0303\u0304\u0305\u0306", "One letter of this name carries too many accent marks."),
    ],
    ids=ascii,
)
def test_what_nobody_can_see_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        names.check(typed)
    assert refusal.value.messages == [sentence]
