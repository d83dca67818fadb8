"""Accounts in the administration site."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from network.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Accounts are made without a password; their people set one through "Passwort vergessen"."""

    list_display = ["email", "name", "role", "municipality", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "role", "municipality", "is_active"]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
