#!/usr/bin/env python3
"""Django's command line for Chainrule."""

import os
import sys
from importlib import import_module

# Commands of the sandbox that need the settings and no app of the site: its import takes longer than a training.
BY_THEMSELVES = {"train", "explain"}


def main() -> None:
    """Run the command that was asked for, by default with the settings that need no other service."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in BY_THEMSELVES:
        import_module(f"bpsandbox.management.commands.{command}").Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
