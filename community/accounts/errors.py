from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, NotAllowed


class EmailUnconfirmed(NotAllowed):
    default = _("Please confirm your email address first: open the link in our email to you. What you wrote is saved.")


class LinksUnconfirmed(EmailUnconfirmed):
    default = _("Please confirm your email address first. Until then your profile cannot contain links to other sites.")


class ProfileChanged(Conflict):
    default = _(
        "You changed your profile in another tab or on another device. Open your settings again and save this there."
    )


class DemoAccountsClosed(NotAllowed):
    default = _(
        "Demo accounts are closed on this site because others can reach it and the passwords are not secret. "
        "Please create your own account."
    )


class HandleTaken(Conflict):
    default = _("This handle is taken. Please choose another.")


class HandleLooksTaken(Conflict):
    default = _("This handle looks too much like an existing one. Please choose another.")
