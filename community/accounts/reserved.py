"""Reserved handles: names that would speak for the site or for everyone."""

from collections.abc import Callable
from functools import cache

_WORDS = """
about abuse account accounts admin administrator all anonymous anyone api article articles ask assets auth
blog blogs bot bpsandbox category chainrule chain-rule contact daemon deleted demo discussion discussions drafts
everybody everyone feed feeds guest guests handle help here home info legal login logout mail me media member
members mod moderation moderator moderators mods news nobody notes noreply no-reply notifications null official
owner playground postmaster press privacy question questions register root run runner runs sandbox search
security settings signin signout signup site somebody someone staff static status superuser support sysadmin
system tags team terms undefined unknown user users visitor visitors webmaster worker write you
管理员 系统管理员 管理 版主 系统 官方 客服 链式 匿名 访客 所有人 全体成员 已删除 演示 站长 工作人员
"""
WORDS = frozenset(_WORDS.split())
PREFIXES = ("demo-", "demo_", "demo.", "chainrule-", "chainrule_", "chainrule.")


def is_reserved(folded: str, *, of: Callable[[str], str] | None = None) -> bool:
    """Return whether a handle is reserved. Handles are compared after applying `of` to each word."""
    words, prefixes = (WORDS, PREFIXES) if of is None else _through(of)
    return folded in words or folded.startswith(prefixes)


@cache
def _through(of: Callable[[str], str]) -> tuple[frozenset[str], tuple[str, ...]]:
    # A prefix ends in a separator, which is its own skeleton; only the word before it is compared.
    return frozenset(map(of, WORDS)), tuple(of(prefix[:-1]) + prefix[-1] for prefix in PREFIXES)
