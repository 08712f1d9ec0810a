"""Write SVG elements as text."""

from xml.sax.saxutils import escape, quoteattr


def tag(name: str, inner: str | None = None, /, **attributes: object) -> str:
    """Return one element; `class_` is class, `_` in a name is `-`, attributes that are None are omitted."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_text(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}/>" if inner is None else f"<{name}{written}>{inner}</{name}>"


def text(words: str, /, **attributes: object) -> str:
    return tag("text", escape(words), **attributes)


def titled(title: str, description: str, prefix: str) -> str:
    """Return the title and description for screen readers, with ids `PREFIX-title` and `PREFIX-desc`."""
    return tag("title", escape(title), id=f"{prefix}-title") + tag("desc", escape(description), id=f"{prefix}-desc")


def labelled(prefix: str) -> dict[str, str]:
    return {"role": "img", "aria_labelledby": f"{prefix}-title", "aria_describedby": f"{prefix}-desc"}


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
