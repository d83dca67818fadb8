"""What committees have to say on the pages of other subjects."""

from typing import Any

from fields.models import Concept
from governance.models import Committee, Meeting, Paper, Resolution, ResolutionCell
from measures.models import Measure, RolloutCell, Visibility
from network.models import Municipality
from smartregion.base.panels import register
from smartregion.base.text import german_order


@register(subject="measure", key="resolutions", order=40, template="governance/_measure_panel.html")
def resolutions_about(measure: Measure, user: Any) -> dict[str, Any] | None:
    """The resolutions about a measure, newest first, as far as the user may see them."""
    resolutions = list(
        Resolution.objects.visible_to(user).filter(measure_links__measure=measure).with_control()
    )
    return {"resolutions": resolutions} if resolutions else None


def cells_of(resolution: Resolution, user: Any) -> Any:
    """The municipalities' states that a resolution is about, as far as the user may see them."""
    return (
        RolloutCell.objects.visible_to(user)
        .filter(resolution_links__resolution=resolution)
        .select_related("measure", "municipality")
        .order_by(*german_order("municipality__name"), "measure__no")
    )


@register(subject="municipality", key="resolutions", order=40, template="governance/_measure_panel.html")
def resolutions_about_cells(municipality: Municipality, user: Any) -> dict[str, Any] | None:
    """The resolutions about a municipality's states, newest first, as far as the user may see both."""
    cells = RolloutCell.objects.visible_to(user).filter(municipality=municipality)
    about = Resolution.objects.visible_to(user).filter(
        pk__in=ResolutionCell.objects.filter(cell__in=cells).values("resolution")
    )
    resolutions = list(about.with_control())
    return {"resolutions": resolutions} if resolutions else None


@register(subject="concept", key="origin", order=10, template="governance/_concept_panel.html")
def origin_of(concept: Concept, user: Any) -> dict[str, Any] | None:
    """What was resolved on the concept's day, and what political bodies have written about it since."""
    resolutions = list(
        Resolution.objects.visible_to(user).filter(resolved_on=concept.resolved_on).with_control()
    )
    papers = list(
        Paper.objects.visible_to(user)
        .filter(committee__kind=Committee.Kind.COUNCIL)
        .select_related("committee")
    )
    return {"resolutions": resolutions, "papers": papers} if resolutions or papers else None


@register(subject="home", key="steering", order=30, template="governance/_home_panel.html")
def steering(instance: None, user: Any) -> dict[str, Any] | None:
    """The next meeting that the user may see, and what was last resolved in public."""
    meeting = Meeting.objects.visible_to(user).upcoming().select_related("committee").first()
    resolutions = list(
        Resolution.objects.visible_to(user).in_force().filter(visibility=Visibility.PUBLIC).with_control()[:3]
    )
    return {"meeting": meeting, "resolutions": resolutions} if meeting or resolutions else None
