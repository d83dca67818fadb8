"""Consultations: pseudonyms, by which an address answers once. The answers lead back to nobody."""

from django.utils.translation import gettext_lazy as _

from participation.models import Sheet, Survey, pseudonym
from smartregion.base.personal import DataType, Person, Rows, register


def _answered_by(person: Person) -> Rows:
    keys = Survey.objects.filter(way=Survey.Way.EMAIL).values_list("pk", flat=True)
    names = [pseudonym(person.email, f"{Sheet.PURPOSE}.{key}") for key in keys]
    return Sheet.objects.filter(who__in=names).select_related("survey")


def _forget_sheets() -> int:
    """Unconfirmed ones are deleted; a while after the end those that count are nobody's."""
    deleted, _by_model = Sheet.objects.outdated().delete()
    return deleted + Sheet.objects.to_be_anonymous().update(who=None)


register(
    DataType(
        key="survey_sheets",
        title=_("Antworten auf Umfragen"),
        purpose=_("Jede Adresse antwortet nur einmal."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("unbestätigte sieben Tage; das Kennzeichen bis 30 Tage nach dem Ende der Umfrage"),
        stored=Sheet.objects.exclude(who=None).all,
        about=_answered_by,
        told=lambda row: {
            _("Umfrage"): row.survey.title,
            _("abgegeben am"): row.made_at,
            _("bestätigt am"): row.confirmed_at,
        },
        outdated=lambda: Sheet.objects.outdated() | Sheet.objects.to_be_anonymous(),
        drop=lambda rows: _forget_sheets(),
        of_visitors=True,
    )
)
