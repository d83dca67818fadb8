"""Accounts in the administration site: to look at and to add; they are changed at `/konten/`."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.models import User
from network.own_account import APP
from smartregion.base.changes import changes_of
from smartregion.base.history import recorded


class NewAccountForm(forms.ModelForm[User]):
    """An account's first values, with why there is to be one."""

    reason_for_change = forms.CharField(label=_("Grund"), required=False, max_length=300)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def validate_unique(self) -> None:
        """Only the address is unique, and the model's constraint has just said so for any way to write it."""


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Accounts are made without a password; their people set one through "Passwort vergessen".

    No role may change one here (`network/rules.py`), so that Django only shows it, with a link to its page.
    """

    form = NewAccountForm
    list_display = ["email", "name", "role", "municipality", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "name"]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return ["email", "name", "role", "municipality", "is_active" if obj else "reason_for_change"]

    def view_on_site(self, obj: User) -> str:
        return reverse("account", args=[obj.pk])

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Opens, like the verbs of `/konten/`, to people alone who have just proved who they are."""
        raise_if_reauthentication_required(request, app=APP)
        return super().add_view(request, form_url, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Django looks for a field without a name when the address says `?_to_field=`."""
        return super().get_object(request, object_id, from_field or None)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        obj.set_unusable_password()
        with recorded(by=request.user, reason=form.cleaned_data["reason_for_change"]):
            super().save_model(request, obj, form, change)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the history's triggers kept, which also knows changes that were not made here."""
        account = self.get_object(request, unquote(object_id))
        if account is None or not self.has_view_or_change_permission(request, account):
            raise Http404
        words = {"account": account, "changes": changes_of(account), **(extra_context or {})}
        return TemplateResponse(request, "network/account_history.html", words)
