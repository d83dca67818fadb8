"""What a report consists of: the sections in their order, and which kind of report has which."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Section(models.TextChoices):
    """A section of a report; every report opens with its changes and ends with its method."""

    CHANGES = "changes", _("Geändert seit dem letzten Bericht")
    OVERVIEW = "overview", _("Gesamtbild")
    FIELDS = "fields", _("Handlungsfelder")
    DEVIATIONS = "deviations", _("Abweichungen und Entscheidungsbedarf")
    MONEY = "money", _("Mittel")
    ROLL_OUT = "roll_out", _("Roll-out")
    INDICATORS = "indicators", _("Indikatoren")
    DECISIONS = "decisions", _("Beschlüsse und Aufträge")
    PARTICIPATION = "participation", _("Beteiligung")
    ASSESSMENT = "assessment", _("Bewertung")
    OUTLOOK = "outlook", _("Ausblick")
    PROFILES = "profiles", _("Steckbriefe")
    DATA_SHEET = "data_sheet", _("Datenblatt")
    METHOD = "method", _("Methode und Zählregeln")


class ReportKind(models.TextChoices):
    STATUS = "status", _("Sachstandsbericht")
    IMPLEMENTATION = "implementation", _("Umsetzungsbericht")
    EVALUATION = "evaluation", _("Evaluationsbericht")
    INTERIM = "interim", _("Zwischenbilanz")
    MUNICIPALITY = "municipality", _("Kommunenprofil")
    FIELD = "field", _("Handlungsfeldbericht")
    MEASURE = "measure", _("Maßnahmensteckbrief")
    CUSTOM = "custom", _("Eigener Bericht")


ALWAYS: Final = (Section.CHANGES, Section.METHOD)
EVERYTHING: Final = tuple(Section)
OF_ONE_THING: Final = (
    Section.CHANGES,
    Section.OVERVIEW,
    Section.DEVIATIONS,
    Section.MONEY,
    Section.ROLL_OUT,
    Section.INDICATORS,
    Section.DECISIONS,
    Section.OUTLOOK,
    Section.PROFILES,
    Section.METHOD,
)
SECTIONS_OF: Final[dict[str, tuple[Section, ...]]] = {
    ReportKind.STATUS: (
        Section.CHANGES,
        Section.OVERVIEW,
        Section.FIELDS,
        Section.DEVIATIONS,
        Section.ROLL_OUT,
        Section.DECISIONS,
        Section.OUTLOOK,
        Section.METHOD,
    ),
    ReportKind.IMPLEMENTATION: tuple(section for section in Section if section != Section.ASSESSMENT),
    ReportKind.EVALUATION: EVERYTHING,
    ReportKind.INTERIM: EVERYTHING,
    ReportKind.MUNICIPALITY: OF_ONE_THING,
    ReportKind.FIELD: OF_ONE_THING,
    ReportKind.MEASURE: OF_ONE_THING,
}
"""Fixed by kind; of a custom report (CUSTOM) its template says which it has."""
