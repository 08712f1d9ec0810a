"""The demo accounts and their passwords, random per installation."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from community.accounts import bio
from community.accounts.models import User
from community.accounts.tasks import finish_bio

PASSWORD_FILE = "demo-accounts"
AGE = timedelta(days=30)  # before all that they wrote, and long enough to vote on questions


@dataclass(frozen=True, slots=True)
class DemoAccount:
    handle: str
    display_name: str
    bio: str = ""
    is_staff: bool = False
    signs_in: bool = False


DEMO_ACCOUNTS = (
    DemoAccount(
        "demo", "Demo member", "An account to try things with. $\\hat y = \\sigma(w^\\top a + b)$", signs_in=True
    ),
    DemoAccount("demo-moderator", "Demo moderator", "Looks after the review queue.", is_staff=True, signs_in=True),
    DemoAccount("demo-ada", "Ada (demo)", "Derives first, trains second. $\\delta^{[l]}$ is my favourite letter."),
    DemoAccount("demo-tom", "Tom (demo)", "Collects runs that fail, and what was wrong with them."),
    DemoAccount(
        "demo-mei", "小梅（演示）", "把反向传播一个数一个数地算出来。$\\partial L/\\partial W$ 的形状总要写在旁边。"
    ),
    DemoAccount("demo-lei", "小雷（演示）", "正在学习梯度检验与初始化。"),
)


def create_accounts() -> dict[str, User]:
    """Create the demo accounts, by handle. Passwords are set once and written to a private file."""
    people = {part.handle: _account(part) for part in DEMO_ACCOUNTS}
    missing = [
        people[part.handle] for part in DEMO_ACCOUNTS if part.signs_in and not people[part.handle].has_usable_password()
    ]
    if missing or not password_file().exists():
        _hand_out([people[part.handle] for part in DEMO_ACCOUNTS if part.signs_in])
    return people


def _account(part: DemoAccount) -> User:
    found = User.objects.by_handle_or_none(part.handle)
    if found is not None:
        return found
    user = User(handle=part.handle, display_name=part.display_name, is_staff=part.is_staff, is_demo=True, language="")
    rendered = bio.render(part.bio)
    user.bio, user.bio_html, user.bio_html_version = rendered.source, rendered.html, rendered.version
    user.date_joined = timezone.now() - AGE
    user.set_unusable_password()
    user.save()
    finish_bio(user)
    return user


def password_file() -> Path:
    return Path(settings.VAR) / PASSWORD_FILE


def _hand_out(people: list[User]) -> None:
    lines = []
    for person in people:
        password = secrets.token_urlsafe(12)
        person.set_password(password)
        person.save(update_fields=["password"])
        lines.append(f"{person.handle}  {password}")
    _write_privately(password_file(), "\n".join(lines) + "\n")


def _write_privately(path: Path, text: str) -> None:
    """Create the file with restricted permissions from the start."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
