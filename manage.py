#!/usr/bin/env python3
"""Django's command line for Chainrule."""

import os
import sys


def main() -> None:
    """Run the command that was asked for, by default with the settings that need no other service."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
