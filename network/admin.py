"""Accounts in the administration site, to look at; they come from invitations and change at `/konten/`."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from network.models import User
from smartregion.base.changes import changes_of

FILTERS: Final = ("role", "is_active")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """No role may add or change one here (`network/rules.py`): Django shows it, with a link to its page."""

    fields = ["email", "name", "role", "municipality", "is_active"]
    list_display = ["email", "name", "role", "municipality", "is_active"]
    list_filter = FILTERS
    search_fields = ["email", "name"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The page's own filters; Django would also let an address ask how a password's hash begins."""
        return lookup.partition("__")[0] in FILTERS

    def view_on_site(self, obj: User) -> str:
        return reverse("account", args=[obj.pk])

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Django looks for a field without a name when the address says `?_to_field=`."""
        return super().get_object(request, object_id, from_field or None)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the history's triggers kept, which also knows changes that were not made here."""
        account = self.get_object(request, unquote(object_id))
        if account is None or not self.has_view_or_change_permission(request, account):
            raise Http404
        words = {"account": account, "changes": changes_of(account), **(extra_context or {})}
        return TemplateResponse(request, "network/account_history.html", words)
