from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, NotAllowed


class EmailUnconfirmed(NotAllowed):
    default = _(
        "Please confirm your e-mail address first: open the link in the mail we have sent you. "
        "What you have written is kept."
    )


class LinksUnconfirmed(EmailUnconfirmed):
    default = _("Please confirm your e-mail address first: until then your profile may have no links to other sites.")


class DemoAccountsClosed(NotAllowed):
    default = _(
        "Demo accounts are closed on this site, because it can be reached by others and their passwords are not "
        "secret. Please make an account of your own."
    )


class HandleTaken(Conflict):
    default = _("This handle is taken. Please choose another.")


class HandleLooksTaken(Conflict):
    default = _("This handle looks like one that is taken. Please choose another.")
