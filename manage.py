#!/usr/bin/env python
"""Django's command line for this portal."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    from smartregion.base.acting import act_as_system

    act_as_system()
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if connection.connection is not None:
            raise
        sys.exit(f"Die Datenbank ist nicht zu erreichen. Bitte prüfen Sie DATABASE_URL. {error}".strip())
