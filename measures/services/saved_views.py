"""The verb of saved views that touches two rows: an account has one default view for a page."""

from typing import Any

from django.db.models import F

from measures.models import SavedView
from smartregion.base.history import recorded


def make_room_for_default(*, view: SavedView, by: Any) -> None:
    """Take the mark of the default from the owner's other views of the page."""
    with recorded(by=by):
        others = SavedView.objects.filter(owner=view.owner_id, page=view.page, is_default=True)
        others.exclude(pk=view.pk).update(is_default=False, version=F("version") + 1)
