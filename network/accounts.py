"""allauth's hooks: nobody signs up alone, accounts are made by the administration."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page_of(request.user)


def first_page_of(user: Any) -> str:
    """Where an account begins: a municipality on its own page, everyone else at the workplace."""
    return resolve_url(user.municipality or settings.LOGIN_REDIRECT_URL)
