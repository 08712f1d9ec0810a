"""``cut_fonts``: generate the site's fonts from the installed packages that contain them."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from community.common.fonts import store


class Command(BaseCommand):
    help = "Cut the fonts to what the site uses and write them into the state folder."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--if-missing", action="store_true", help="Do nothing if those of this release are there.")

    def handle(self, *, if_missing, verbosity, **_options):
        if if_missing and store.is_cut():
            return
        names = store.cut_all()
        if verbosity < 1:
            return
        for name in names.values():
            size = (store.folder() / name).stat().st_size
            self.stdout.write(_("%(name)s: %(size)d KB") % {"name": name, "size": round(size / 1000)})
