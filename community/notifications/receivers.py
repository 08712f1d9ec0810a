from allauth.account.signals import password_changed, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out

from community.accounts.access import session_kept
from community.notifications.push import devices


def connect() -> None:
    user_logged_in.connect(devices.forget_others)
    user_logged_out.connect(devices.forget_signed_out)
    for signal in (session_kept, password_changed, password_set):
        signal.connect(devices.keep_signed_in)
