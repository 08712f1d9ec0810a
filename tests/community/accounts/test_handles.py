import pytest
from django.core.exceptions import ValidationError

from community.accounts import handles

GOOD = {
    "ada": "ada",
    "Ada": "Ada",
    "李雷": "李雷",
    "josé": "josé",
    "jose\u0301": "josé",  # a combining acute
    "ａｄａ": "ada",  # fullwidth
    "@ada": "ada",
    "李雷2": "李雷2",
    "Ada李": "Ada李",
    "ada_l.ovelace-2": "ada_l.ovelace-2",
    "ωμέγα": "ωμέγα",
    "Пётр": "Пётр",
    "김철수": "김철수",
    "山田たろう": "山田たろう",
    "אדם": "אדם",
    "أحمد": "أحمد",
    "नमस्ते": "नमस्ते",
    "ไทย": "ไทย",
    "nguyễn": "nguyễn",
    "42": "42",
    "x" * 30: "x" * 30,
}

BAD = {
    "A": "A handle must have 2 to 30 characters; this one has 1.",
    "x" * 31: "A handle must have 2 to 30 characters; this one has 31.",
    "x" * 1_000_000: "A handle must have 2 to 30 characters; this one has 1000000.",
    "a b": "A handle cannot contain spaces. You can put _ or - between words.",
    "O'Neil": "A handle can contain letters and digits, with _ - . between them; “'” is not allowed.",
    "oʼneil": "A handle can contain letters and digits, with _ - . between them; “ʼ” is not allowed.",
    "ada😀": "A handle can contain letters and digits, with _ - . between them; “😀” is not allowed.",
    "a/da": "A handle can contain letters and digits, with _ - . between them; “/” is not allowed.",
    "-ada": "A handle must begin and end with a letter or a digit.",
    "ada.": "A handle must begin and end with a letter or a digit.",
    "a__b": "Put only one of _ - . between two letters.",
    "a._b": "Put only one of _ - . between two letters.",
    "a\u0301\u0301b": "This handle has a repeated accent mark, or one that is not on a letter.",
    "a\u0301\u0302\u0303\u0304\u0308b": "This handle has a repeated accent mark, or one that is not on a letter.",
    "\u0301ab": "This handle has a repeated accent mark, or one that is not on a letter.",
    "ada\u202eb": "This text contains an invisible character (U+202E). Please remove it or retype the text.",
    "ad\u200ba": "This text contains an invisible character (U+200B). Please remove it or retype the text.",
    "ad\x00a": "This text contains an invisible character (U+0000). Please remove it or retype the text.",
    "ad\u3164a": "This text contains an invisible character (U+3164). Please remove it or retype the text.",
    "ad\ufe0fa": "This text contains an invisible character (U+FE0F). Please remove it or retype the text.",
    "\ud800ada": "This text contains an invisible character (U+D800). Please remove it or retype the text.",
    "\u0430dmin": "A handle must use one script, or Chinese with Latin letters; “а” is Cyrillic and “d” is Latin.",
    "\u0440\u0430ypal": "A handle must use one script, or Chinese with Latin letters; “р” is Cyrillic and "
    "“y” is Latin.",
    "Ωmega": "A handle must use one script, or Chinese with Latin letters; “Ω” is Greek and “m” is Latin.",
    "李ер": "A handle must use one script, or Chinese with Latin letters; “李” is Chinese and “е” is Cyrillic.",
    "김たろ": "A handle must use one script, or Chinese with Latin letters; “김” is Hangul and “た” is Hiragana.",
    "admin": "This handle is reserved. Please choose another.",
    "ADMIN": "This handle is reserved. Please choose another.",
    "Adm1n": "This handle is reserved. Please choose another.",
    "rnoderator": "This handle is reserved. Please choose another.",
    "管理员": "This handle is reserved. Please choose another.",
    "demo-x": "This handle is reserved. Please choose another.",
    "\u0430\u0440\u0456": "This handle is reserved. Please choose another.",
}


@pytest.mark.parametrize(("typed", "kept"), GOOD.items(), ids=map(ascii, GOOD))
def test_a_handle_of_one_script_is_kept_in_its_tidy_form(typed, kept):
    assert handles.check(typed) == kept


@pytest.mark.parametrize(("typed", "sentence"), BAD.items(), ids=[ascii(handle)[:24] for handle in BAD])
def test_each_fault_has_its_sentence(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        handles.check(typed)
    assert refusal.value.messages == [sentence]


def test_staff_may_give_reserved_handles_and_no_broken_ones():
    assert handles.check("moderator", reserved_too=True) == "moderator"
    with pytest.raises(ValidationError):
        handles.check("mod erator", reserved_too=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ada"),
        ("ａｄａ", "ADA"),
        ("josé", "JOSE\u0301"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("@ada", " ada "),
    ],
)
def test_two_spellings_of_one_handle_have_one_key(one, other):
    assert handles.fold(one) == handles.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "\u0440\u0430\u0443\u0440\u0430\u0406"),  # all Cyrillic
        ("ace", "\u0430\u0441\u0435"),
        ("modern", "modem"),
        ("lan", "Ian"),  # a capital i
        ("oscar", "0scar"),
        ("bill1", "billl"),
        ("口口", "ロロ"),  # Han, Katakana
        ("Bob", "\u0412\u043e\u042c"),
    ],
)
def test_look_alikes_have_one_skeleton_and_different_keys(one, other):
    assert handles.skeleton(one) == handles.skeleton(other)
    assert handles.fold(one) != handles.fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("jose", "josé"), ("lan", "ian"), ("li-lei", "li_lei"), ("李雷", "李蕾"), ("ada", "adam")]
)
def test_handles_that_can_be_told_apart_have_different_skeletons(one, other):
    assert handles.skeleton(one) != handles.skeleton(other)


def test_the_longest_handle_fits_its_columns():
    longest = "\uaf66" * 30  # a syllable that decomposes and maps into seven characters
    assert len(handles.skeleton(longest)) <= handles.SKELETON_LENGTH
    assert len(handles.fold("ß" * 30)) <= 120
