"""Questions from the public and reported barriers that nobody has answered yet."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.models import Enquiry
from smartregion.base.worklist import Entry, Severity, days_between, may, source

URGENT_AFTER: Final = 7
"""Days; people who ask expect an answer within a week."""


@source(
    "fragen",
    gettext_lazy("Fragen aus der Öffentlichkeit"),
    reminds=True,
    concerns=may("participation.answer_questions"),
)
def open_questions(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("participation.answer_questions"):
        return
    for question in Enquiry.objects.open().select_related("measure"):
        age = (on - question.asked_on).days
        yield Entry(
            title=str(question),
            why=_("Offen %(since)s: „%(text)s“")
            % {"since": days_between(question.asked_on, on), "text": Truncator(question.text).chars(200)},
            severity=Severity.NOW if age >= URGENT_AFTER else Severity.SOON,
            on=question.asked_on,
            page=question.measure.get_absolute_url() if question.measure else "",
            url=question.get_absolute_url(),
            action=_("Antworten"),
            is_example=question.is_example,
        )
