"""What tasks and risks ask of an account."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure, Risk, Task
from measures.worklist.audience import reports
from smartregion.base.worklist import Entry, Post, Severity, day_or_dash, days_between, may, source


@source("aufgaben", gettext_lazy("Überfällige Aufgaben"), reminds=True, concerns=reports)
def overdue_tasks(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator all of measures that go on, for others those of their own seats."""
    tasks = Task.objects.overdue(on).awaited_from(user).filter(measure__in=Measure.objects.going_on())
    for task in tasks.select_related("measure", "seat__organisation", "seat__user"):
        where = [task.measure.slug, task.pk]
        yield Entry(
            title=_("%(task)s – %(measure)s") % {"task": task.title, "measure": task.measure.title},
            why=_("%(who)s: fällig war der %(day)s, %(days)s überfällig.")
            % {
                "who": task.who,
                "day": day_or_dash(task.due_on),
                "days": days_between(task.due_on, on),
            },
            severity=Severity.NOW,
            on=task.due_on,
            page=task.get_absolute_url(),
            url=reverse("task_edit", args=where),
            action=_("Bearbeiten"),
            post=Post(
                label=_("Erledigt"),
                url=reverse("task_done", args=where),
                field="version",
                value=str(task.version),
            ),
            is_example=task.measure.is_example,
        )


@source(
    "risiken",
    gettext_lazy("Risiken zu überprüfen"),
    reminds=True,
    concerns=may("measures.change_measure"),
)
def risks_to_review(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("measures.change_measure"):
        return
    risks = Risk.objects.visible_to(user).to_review(on).filter(measure__in=Measure.objects.going_on())
    for risk in risks.select_related("measure"):
        yield Entry(
            title=_("%(risk)s – %(measure)s") % {"risk": risk.title, "measure": risk.measure.title},
            why=_("Risiko %(level)s (%(value)s). Zu überprüfen war es am %(day)s (%(days)s).")
            % {
                "level": risk.level_in_words,
                "value": risk.level,
                "day": day_or_dash(risk.review_on),
                "days": days_between(risk.review_on or on, on),
            },
            severity=Severity.SOON,
            on=risk.review_on,
            page=risk.get_absolute_url(),
            url=reverse("risk_edit", args=[risk.measure.slug, risk.pk]),
            action=_("Überprüfen"),
            is_example=risk.measure.is_example,
        )
