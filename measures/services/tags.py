"""The verb of tags: give a measure one, from the vocabulary or new."""

from typing import Any

from measures.models import Measure, MeasureTag, Tag
from smartregion.base.history import recorded
from smartregion.base.text import german_slug


def add_tag(*, measure: Measure, name: str, by: Any) -> MeasureTag:
    """Give the measure the tag; another spelling of a known one is the known one."""
    with recorded(by=by):
        tag, _created = Tag.objects.get_or_create(slug=german_slug(name), defaults={"name": name})
        link, _created = MeasureTag.objects.get_or_create(measure=measure, tag=tag)
    return link
