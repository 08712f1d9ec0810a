"""Email backend that writes readable files, for sites without SMTP, so that links in them can be opened."""

from __future__ import annotations

import email.policy
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

_AS_READ = email.policy.default.clone(utf8=True, cte_type="8bit", max_line_length=998)


class FolderBackend(EmailBackend):
    def write_message(self, message: EmailMessage) -> None:
        stream: Any = self.stream
        stream.write(message.message(policy=_AS_READ).as_bytes() + b"\n" + b"-" * 79 + b"\n")
