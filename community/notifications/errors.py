from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict


class TooManyDevices(Conflict):
    default = _("Notifications are pushed to ten devices already. Remove one in the list, then try again.")


class DeviceTaken(Conflict):
    default = _("This browser could not be added. Turn push off in the browser’s settings for this site, then try again.")
