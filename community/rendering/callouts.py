"""Kinds of callouts and their labels. `> [!theorem] Title` and `!!! theorem "Title"` are equivalent."""

from __future__ import annotations

from .messages import _

FOLDED = "spoiler"  # until its reader opens it
# Names people write, mapped to the kind that styles them.
KINDS = {
    "theorem": "theorem", "lemma": "lemma", "corollary": "corollary", "proposition": "proposition",
    "definition": "definition", "example": "example", "remark": "remark", "proof": "proof", "derivation": "derivation",
    "warning": "warning", "caution": "warning", "danger": "warning", "attention": "warning", "important": "important",
    "note": "note", "info": "note", "tip": "tip", "hint": "tip", "question": "question", "exercise": "exercise",
    "定理": "theorem", "引理": "lemma", "推论": "corollary", "命题": "proposition", "定义": "definition",
    "例": "example", "例子": "example", "证明": "proof", "推导": "derivation", "警告": "warning",
    "注意": "warning", "备注": "remark",
    "spoiler": FOLDED, "剧透": FOLDED, "提示": "tip", "练习": "exercise",
}  # fmt: skip


def kind_of(name: str) -> str | None:
    return KINDS.get(name.lower())


def label(kind: str, written: str = "") -> str:
    """Return the label before the title: in Chinese if written so, else in the language of the text."""
    if not written.isascii():
        return written
    return {
        "theorem": _("Theorem"), "lemma": _("Lemma"), "corollary": _("Corollary"), "proposition": _("Proposition"),
        "definition": _("Definition"), "example": _("Example"), "remark": _("Remark"), "proof": _("Proof"),
        "derivation": _("Derivation"), "warning": _("Warning"), "important": _("Important"), "note": _("Note"),
        "tip": _("Tip"), "question": _("Question"), "exercise": _("Exercise"), "spoiler": _("Spoiler"),
    }[kind]  # fmt: skip
