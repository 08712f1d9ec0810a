from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict


class TooManyDevices(Conflict):
    default = _("Notifications are pushed to ten devices already. Remove one in the list, then try again.")


class DeviceTaken(Conflict):
    default = _("This browser could not be added. Reset its permissions for this site, then try again.")
