"""The ```bp fence: a placeholder for its run, or the config with its errors marked on their lines.

Runs in the rendering child, so it knows the config language but not Django. Returns `html, facts, problems`: the facts
attach the run when the post is saved; the placeholder carries them too, for forks and previews.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bpsandbox import messages, spec
from community.rendering.context import Facts
from community.rendering.messages import _, catalogue

type Fenced = tuple[str, tuple[Facts, ...], tuple[spec.Problem, ...]]


def bp(text: str, line: int) -> Fenced:
    """Render a config that begins at `line` of its post."""
    try:
        with messages.speaking(catalogue(messages.LOCALE)):
            parsed = spec.parse(text, line=line)
    except spec.InvalidConfig as error:
        return invalid_config(text, line, error.problems), (), error.problems
    facts = {"key": parsed.hash, "title": parsed.title or "", "config": parsed.to_json(), "text": text}
    return placeholder(facts), (facts,), ()


def placeholder(facts: Facts) -> str:
    """Return the empty element that the page replaces with the card; `text` is the config as its author wrote it."""
    title = f' data-title="{escape(facts["title"])}"' if facts["title"] else ""
    config = f' data-config="{escape(facts["config"])}" data-text="{escape(facts["text"])}"'
    return f'<div class="run-embed" data-run="{facts["key"]}"{title}{config}></div>'


def invalid_config(text: str, line: int, problems: Sequence[spec.Problem]) -> str:
    """Show an invalid config with the bad lines marked, followed by each problem with its line."""
    bad = {problem.line for problem in problems}
    lines = "\n".join(_source_line(words, number in bad) for number, words in enumerate(text.split("\n"), line))
    listed = "".join(_problem(problem) for problem in problems)
    return (
        f'<div class="bp-problems"><p class="bp-notice">{escape(_("This config cannot be run yet."))}</p>'
        f'<pre><code>{lines}</code></pre><ol class="problems">{listed}</ol></div>'
    )


def _source_line(words: str, is_bad: bool) -> str:
    return f'<span class="bad-line">{escape(words)}</span>' if is_bad else escape(words)


def _problem(problem: spec.Problem) -> str:
    path = f'<span class="path">{escape(problem.path)} </span>' if problem.path else ""
    return f'<li><span class="line">{problem.line}</span><span>{path}{escape(problem.message)}</span></li>'
