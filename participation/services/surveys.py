"""The verbs of consultations: keep one with its questions, answer it, confirm an answer, read free texts."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.services.measures import free_slug
from participation.links import link_to
from participation.mails import Letter, may_be_asked, send_asked
from participation.models import Reply, Sheet, Survey, pseudonym
from smartregion.base.history import recorded

CONFIRM = "confirm"
ADDRESSES_OF_PAGES = {"neu", "bestaetigen"}


def create_survey(*, survey: Survey, by: Any) -> Survey:
    with recorded(by=by):
        survey.slug = free_slug(Survey, survey.title, "umfrage", pages=ADDRESSES_OF_PAGES)
        survey.save()
    return survey


@transaction.atomic
def answer_survey(*, survey: Survey, replies: Iterable[Reply], email: str = "") -> Sheet | None:
    """Store a sheet. With an address it counts once that is confirmed, and replaces an unconfirmed one.

    Returns:
        None where the address has answered already: the mail says so, and the page tells nobody. And where
        it has had its mails for today: no link would come, so an earlier sheet stays.
    """
    who = pseudonym(email, f"{Sheet.PURPOSE}.{survey.pk}") if survey.asks_for_email else None
    if who:
        if not may_be_asked(email):
            return None
        survey.sheets.filter(who=who, confirmed_at=None).delete()
        if survey.sheets.filter(who=who).exists():
            _write(survey, email, "")
            return None
    sheet = Sheet.objects.create(survey=survey, who=who, confirmed_at=None if who else now())
    rows = list(replies)
    for row in rows:
        row.sheet = sheet
    Reply.objects.bulk_create(rows)
    if who:
        _write(survey, email, link_to("sheet_confirm", sheet, CONFIRM))
    return sheet


def _write(survey: Survey, email: str, link: str) -> None:
    subject = _("Ihre Antwort bestätigen") if link else _("Sie haben schon geantwortet")
    context = {"survey": survey, "link": link}
    send_asked(Letter(email, subject, "participation/mails/survey.txt", context))


def confirm_sheet(*, sheet: Sheet) -> bool:
    """From now on the sheet counts, unless the survey has ended meanwhile; says whether it does."""
    counts = bool(sheet.confirmed_at) or sheet.survey.phase == Survey.Phase.RUNNING
    if counts:
        Sheet.objects.filter(pk=sheet.pk, confirmed_at=None).update(confirmed_at=now())
    return counts


def decide_text(*, text: Reply, state: str) -> None:
    Reply.objects.filter(pk=text.pk).update(state=state)
