"""Hooks of allauth and axes: who may have an account, how mail leaves, whose tries to sign in are counted."""

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.shortcuts import resolve_url

from network.tasks import post


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the mail to a worker: neither the answer nor its time tells whether there is an account."""
        site = get_current_site(self.request)
        words = {
            "request": self.request,
            "email": email,
            "current_site": site,
            "portal": settings.PORTAL_URL,
            **context,
        }
        message = self.render_mail(template_prefix, email, words)
        post(message.subject, message.body, message.to)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page_of(request.user)


def first_page_of(user: Any) -> str:
    """Where an account begins: a municipality on its own page, everyone else at the workplace."""
    return resolve_url(user.municipality or settings.LOGIN_REDIRECT_URL)


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The account that somebody tries to sign in to, written in one way however it was typed."""
    known = credentials or {}
    named = known.get("email") or known.get("username") or request.POST.get("login", "")
    return named.strip().lower()[:255] or None


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from, by the entry that the outermost of our own proxies wrote.

    Entries further left are the client's own words. A request that came past the proxies has its own address.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXIES
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    if not count or len(entries) < count:
        return direct
    return _address(entries[-count]) or direct


def _address(text: str) -> str | None:
    """The IP address in an entry, which may carry a port: `192.0.2.7:51234`, `[2001:db8::7]:51234`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
