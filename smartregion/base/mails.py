"""Mails that jobs send."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string


def text_of(template: str, context: dict[str, Any]) -> str:
    """The text of a mail. Django marks it as safe HTML, which it is not: a page that shows it escapes it."""
    return render_to_string(template, {"portal": settings.PORTAL_URL, **context}) + ""


def message_id(row: Any) -> str:
    """The same for each try of the job to send the row's mail.

    A worker killed between handing the mail over and noting it hands it over again; by the same Message-ID
    mail systems know the second for a copy of the first.
    """
    return f"<{row._meta.model_name}.{row.pk}.{row.job_id}@{urlsplit(settings.PORTAL_URL).hostname}>"
