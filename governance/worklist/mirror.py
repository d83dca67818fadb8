"""Mirrors whose last comparison failed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Mirror
from smartregion.base.worklist import Entry, Post, Severity, source


@source("spiegel", gettext_lazy("Spiegel: Abgleich fehlgeschlagen"))
def broken_mirrors(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("governance.change_committee"):
        return
    mirrors: Any = Mirror.objects.kept_up().with_last_run()
    for mirror in mirrors:
        if mirror.last_error:
            yield Entry(
                title=mirror.name,
                why=mirror.last_error,
                severity=Severity.SOON,
                on=localdate(mirror.last_started),
                url=mirror.get_absolute_url(),
                action=_("Spiegel ansehen"),
                post=Post(label=_("Erneut abgleichen"), url=reverse("mirror_run", args=[mirror.pk])),
            )
