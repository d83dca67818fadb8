"""Accounts in the administration site."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from network.account_services import refuse_to_lose_administration, tell_of_access
from network.models import Role, User
from network.own_account import APP
from smartregion.base.changes import changes_of
from smartregion.base.history import recorded
from smartregion.base.ways_in import end_ways_in


class AccountForm(forms.ModelForm[User]):
    """An account's values, with why they change. `acting` is who changes them."""

    acting: User
    reason_for_change = forms.CharField(label=_("Grund der Änderung"), required=False, max_length=300)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def validate_unique(self) -> None:
        """Only the address is unique, and the model's constraint has just said so for any way to write it."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors or values.get("role") == Role.ADMINISTRATION or self.instance.pk is None:
            return values
        try:
            refuse_to_lose_administration(self.instance, self.acting)
        except ValidationError as refusal:
            self.add_error(None, refusal)
        return values


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Accounts are made without a password; their people set one through "Passwort vergessen".

    Their address they change themselves, by a link to the new one; they are shut off at `/konten/`.
    """

    form = AccountForm
    list_display = ["email", "name", "role", "municipality", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "role", "municipality", "reason_for_change"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["email"] if obj else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Opens, like the verbs of `/konten/`, to people alone who have just proved who they are."""
        raise_if_reauthentication_required(request, app=APP)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[User]]:
        form = super().get_form(request, obj, change, **kwargs)
        form.acting = request.user  # type: ignore[attr-defined] # the class is made for this request alone
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Django looks for a field without a name when the address says `?_to_field=`."""
        return super().get_object(request, object_id, from_field or None)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        with recorded(by=request.user, reason=form.cleaned_data["reason_for_change"]):
            super().save_model(request, obj, form, change)
            if change and not {"role", "municipality"}.isdisjoint(form.changed_data):
                end_ways_in(user=obj, by=request.user)
                tell_of_access(obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the history's triggers kept, which also knows changes that were not made here."""
        account = self.get_object(request, unquote(object_id))
        if account is None or not self.has_view_or_change_permission(request, account):
            raise Http404
        words = {"account": account, "changes": changes_of(account), **(extra_context or {})}
        return TemplateResponse(request, "network/account_history.html", words)
