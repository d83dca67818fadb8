"""Short ways to report schedules."""

from datetime import date
from typing import Any

from monitoring.models import ReportSchedule
from network.models import User
from tests.monitoring.flow import CHAIR, COORDINATION, make_chair


def make_schedule(**values: Any) -> ReportSchedule:
    """A quarterly public Sachstandsbericht from 2025 on, approved by nobody ahead."""
    defaults = {
        "kind": "status",
        "audience": "public",
        "rhythm": "quarter",
        "first_period_start": date(2025, 1, 1),
    }
    return ReportSchedule.objects.create(**{**defaults, **values})


def make_approved(chair: User | None = None, **values: Any) -> ReportSchedule:
    """One that was released ahead, and approved ahead by who has the chair."""
    ahead = {"released_as": COORDINATION, "approved_as": CHAIR, "approved_by": chair or make_chair()}
    return make_schedule(**ahead, **values)
