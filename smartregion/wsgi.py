"""WSGI entry of the web server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from smartregion.base.charset import in_utf_8
from smartregion.environment import fail, refuse_to_serve_as_owner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")

refuse_to_serve_as_owner()
application = in_utf_8(get_wsgi_application())
if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
    fail("Die Bausteine der Oberfläche fehlen. Stellen Sie sie mit „make assets“ bereit.")
