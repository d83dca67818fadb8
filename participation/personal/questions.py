"""Questions and reported barriers: an address, and words that may say something about who wrote them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from participation.models import Enquiry
from smartregion.base.personal import DataType, Person, blank, register


def _about(person: Person) -> Any:
    return Enquiry.objects.filter(email__iexact=person.email)


def _forget(rows: Any) -> int:
    """The answer and the published wording stay: nobody's name stands in them."""
    return blank(rows, email="", page="", text=Enquiry.FORGOTTEN)


def _told(question: Enquiry) -> dict[Any, Any]:
    return {
        _("gefragt am"): question.asked_on,
        _("E-Mail"): question.email,
        _("Frage"): question.text,
        _("Stand"): question.get_state_display(),
        _("Antwort"): question.answer,
    }


register(
    DataType(
        key="questions",
        title=_("Fragen und gemeldete Barrieren"),
        purpose=_("Fragen zu Maßnahmen und Meldungen zur Barrierefreiheit beantworten."),
        basis=_("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)"),
        kept=_("Adresse und Wortlaut 90 Tage nach der Antwort; die Antwort bleibt"),
        stored=Enquiry.objects.all,
        about=_about,
        told=_told,
        erase=lambda person: _forget(_about(person)),
        outdated=Enquiry.objects.outdated,
        drop=_forget,
        of_visitors=True,
    )
)
