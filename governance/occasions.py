"""Since when others tell what has changed: the last meeting of the steering committee."""

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from governance.models import Committee, Meeting
from smartregion.base import written
from smartregion.base.occasions import Occasion, occasion


@occasion("meeting")
def last_steering_meeting(user: Any) -> Occasion | None:
    """The last one that was held, among those that the user may see."""
    held = Meeting.objects.visible_to(user).held_by(Committee.Kind.STEERING).order_by("-starts_at")
    row = held.values_list("starts_at", "committee__name").first()
    if row is None:
        return None
    starts_at, name = row
    day = written.day(localtime(starts_at))
    return Occasion(_("%(committee)s am %(day)s") % {"committee": name, "day": day}, starts_at)
