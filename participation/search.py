"""What of the public's part can be found."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from participation.models import Idea, Survey
from smartregion.base.search import Shown, register


def _show_idea(pk: int, title: str, field: str | None) -> Shown:
    return Shown(title, reverse("idea", args=[pk]), field or "")


def _show_survey(slug: str, title: str, field: str | None) -> Shown:
    return Shown(title, reverse("survey", args=[slug]), field or "")


register(
    key="ideen",
    label=_("Ideen"),
    model=Idea,
    seen_by=Idea.objects.visible_to,
    texts={"A": ["title"], "C": ["text", "answer"]},
    values=["pk", "title", "field__name"],
    show=_show_idea,
    field="field",
    on="published_at",
    is_example="is_example",
)
register(
    key="umfragen",
    label=_("Umfragen"),
    model=Survey,
    seen_by=Survey.objects.visible_to,
    texts={"A": ["title"], "C": ["intro"]},
    values=["slug", "title", "field__name"],
    show=_show_survey,
    field="field",
    on="closes_at",
    is_example="is_example",
)
