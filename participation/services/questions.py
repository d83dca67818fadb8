"""The verbs of questions: ask, and deal with what was asked."""

from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure
from participation.mails import Letter, send
from participation.models import Enquiry
from smartregion.base.history import recorded
from smartregion.base.languages import in_language


def ask(*, text: str, email: str, measure: Measure | None = None, page: str = "") -> Enquiry:
    """Store what a visitor asks or reports. Nobody is written to: the address may be someone else's."""
    with recorded(by=None, office=gettext_lazy("Öffentlichkeit")):
        return Enquiry.objects.create(measure=measure, page=page, text=text, email=email)


def deal_with(*, question: Enquiry, version: int | None, by: Any) -> Enquiry:
    """Store the coordinator's answer, or that there will be none; what becomes answered goes out by mail.

    What is changed in an answer later is only published; no second mail is sent.

    Raises:
        EditConflict: someone else dealt with it meanwhile; nothing is stored or sent.
    """
    with recorded(by=by):
        before = Enquiry.objects.get(pk=question.pk).state
        if question.state != before:
            question.answered_on, question.answered_by = localdate(), by
        question.save_over(version)
        if question.state == Enquiry.State.ANSWERED != before and question.email:
            send([_letter(question)])
    return question


def _letter(question: Enquiry) -> Letter:
    with in_language(question.language):
        subject = (
            _("Antwort auf Ihre Frage zu „%s“") % question.measure.title
            if question.measure
            else _("Antwort auf Ihre Meldung zur Barrierefreiheit")
        )
        return Letter(
            question.email, subject, "participation/mails/question_answer.txt", {"question": question}
        )
