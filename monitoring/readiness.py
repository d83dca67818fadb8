"""Is everything ready for a report? What is missing, old or contradictory, and where it is put right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure, StatusUpdate, TeamMember
from monitoring.models import Evaluation, SelfAssessment
from monitoring.periods import Period
from smartregion.base import written
from smartregion.base.worklist import Entry, Severity, entries_of

REMINDED: Final = ("roll-out", "sachstand", "meilensteine", "werte", "selbsteinschaetzung")
"""The kinds of the worklist with which others can be asked for what a report lacks."""
TOLD_BY_WORKLIST: Final = {
    "roll-out": gettext_lazy("Veraltete Roll-out-Stände"),
    "sachstand": gettext_lazy("Fehlende Sachstände"),
    "meilensteine": gettext_lazy("Überfällige Meilensteine"),
    "ampel": gettext_lazy("Angegebene und berechnete Ampel widersprechen sich"),
    "werte": gettext_lazy("Indikatoren ohne fälligen Wert"),
}


@dataclass(frozen=True)
class Check:
    """One thing that is looked at; without entries it is fine."""

    key: str
    label: str
    entries: list[Entry]


def checks(user: Any, period: Period, on: date) -> list[Check]:
    """Every check in the order of a report. A fixed number of queries, whatever is found.

    Args:
        period: what the report is to be about; on: today.
    """
    told = [Check(key, str(label), entries_of(key, user, on)) for key, label in TOLD_BY_WORKLIST.items()]
    own = [
        Check("federfuehrung", _("Maßnahmen ohne Ansprechstelle oder Leitung"), list(_without_owner(user))),
        Check(
            "abweichung",
            _("Gelb oder Rot ohne Erklärung im Zeitraum"),
            list(_unexplained(user, period)),
        ),
        Check("evaluation", _("Fehlende Selbsteinschätzungen"), list(_unanswered(user))),
    ]
    return told + own


def _without_owner(user: Any) -> Iterator[Entry]:
    leads = TeamMember.objects.filter(role=TeamMember.TeamRole.LEAD)
    led = set(leads.values_list("measure", flat=True))
    for measure in Measure.objects.visible_to(user).going_on():
        missing = [
            *([] if measure.contact else [_("eine Ansprechstelle")]),
            *([] if measure.pk in led else [_("eine Leitung im Entwicklungsteam")]),
        ]
        if missing:
            to_team = bool(measure.contact)
            yield Entry(
                title=measure.title,
                why=(_("Es fehlen %s.") if len(missing) > 1 else _("Es fehlt %s."))
                % _(" und ").join(missing),
                severity=Severity.SOON,
                page=measure.get_absolute_url(),
                url=reverse("measure_team" if to_team else "measure_edit", args=[measure.slug]),
                action=_("Team ansehen") if to_team else _("Bearbeiten"),
                is_example=measure.is_example,
            )


def _unexplained(user: Any, period: Period) -> Iterator[Entry]:
    """Its reason stands beside the light; what happened in the period nobody has told."""
    updates = StatusUpdate.objects.visible_to(user).filter(
        measure=OuterRef("pk"), on__range=(period.start, period.end)
    )
    deviating = Measure.objects.visible_to(user).filter(light__in=[Measure.Light.YELLOW, Measure.Light.RED])
    for measure in deviating.filter(~Exists(updates)).order_by("no"):
        yield Entry(
            title=measure.title,
            why=_("Die Ampel ist %(light)s, aber im Zeitraum (%(period)s) gibt es keinen Sachstand.")
            % {"light": measure.labels["light"], "period": period.label},
            severity=Severity.NOW if measure.light == Measure.Light.RED else Severity.SOON,
            page=measure.get_absolute_url(),
            url=reverse("status_update_add", args=[measure.slug]),
            action=_("Sachstand schreiben"),
            is_example=measure.is_example,
        )


def _unanswered(user: Any) -> Iterator[Entry]:
    teams = list(Measure.objects.visible_to(user).going_on())
    given = SelfAssessment.objects.given_by_team(teams)
    for evaluation in Evaluation.objects.visible_to(user).open().prefetch_related("questions"):
        questions = evaluation.questions.all()
        missing = sum(
            given.get((evaluation.pk, measure.pk), 0) < sum(question.is_to(measure) for question in questions)
            for measure in teams
        )
        if missing:
            yield Entry(
                title=str(evaluation),
                why=_("Noch nicht alle Fragen beantwortet: %(missing)d von %(asked)d Teams, bis %(day)s.")
                % {
                    "missing": missing,
                    "asked": len(teams),
                    "day": written.day(evaluation.answers_due_on),
                },
                severity=Severity.SOON,
                on=evaluation.answers_due_on,
                url=evaluation.get_absolute_url(),
                action=_("Ansehen"),
                is_example=evaluation.is_example,
            )
