"""Tables of monitoring, one file per subject."""

from monitoring.models.errata import Erratum
from monitoring.models.evaluation import (
    Assessment,
    Criterion,
    Evaluation,
    EvaluationQuestion,
    Rating,
    Recommendation,
    SelfAssessment,
)
from monitoring.models.indicators import Indicator, IndicatorTarget, IndicatorValue
from monitoring.models.reports import (
    Audience,
    Report,
    ReportFile,
    ReportQuerySet,
    ReportText,
)
from monitoring.models.schedules import ReportSchedule
from monitoring.models.templates import ReportTemplate
from monitoring.models.tokens import ApiToken
from monitoring.models.value_imports import ValueImport
from monitoring.sections import ReportKind, Section

__all__ = [
    "ApiToken",
    "Assessment",
    "Audience",
    "Criterion",
    "Erratum",
    "Evaluation",
    "EvaluationQuestion",
    "Indicator",
    "IndicatorTarget",
    "IndicatorValue",
    "Rating",
    "Recommendation",
    "Report",
    "ReportFile",
    "ReportKind",
    "ReportQuerySet",
    "ReportSchedule",
    "ReportTemplate",
    "ReportText",
    "Section",
    "SelfAssessment",
    "ValueImport",
]
