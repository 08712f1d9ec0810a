from __future__ import annotations

import email
import email.policy

from django.core.mail import EmailMessage

from community.common.mail import FolderBackend

LINK = "http://127.0.0.1:8000/accounts/confirm-email/" + "MQ:1xWDhu:qPY4InDEqPaNo-lbopfD4FnzZmOrz-F81u7XNi_SGb0" * 2


def test_a_letter_lies_in_its_file_as_people_read_it(tmp_path):
    backend = FolderBackend(alias="default", file_path=tmp_path)
    backend.send_messages([EmailMessage("Willkommen, 李雷", f"Hello 李雷,\n\n{LINK}\n", to=["lilei@example.org"])])

    (file,) = tmp_path.iterdir()
    text = file.read_text(encoding="utf-8")
    assert f"\n{LINK}\n" in text and "Hello 李雷," in text
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert letter["Subject"] == "Willkommen, 李雷"
    assert LINK in letter.get_content() and "李雷" in letter.get_content()
