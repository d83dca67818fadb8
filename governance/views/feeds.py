"""Calendar feeds: a committee's public one, and a person's private one behind a secret address."""

from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from governance.feeds import feed_of, note_regrets, note_told_changes, sign_of
from governance.models import CalendarLink, Committee, Meeting
from governance.services.calendar import renew_calendar_link, revoke_calendar_link
from network.models import User
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView

FOLLOW_ALL = "governance.follow_all_committees"
MONTHS_BACK: Final = 13
SECRET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class FeedView(RuledView):
    """Answers a poller that has the newest feed with 304.

    Only the ETag decides: a meeting that vanishes leaves no later date behind.
    """

    permission = PUBLIC
    caching: str

    def meetings(self) -> QuerySet[Meeting]:
        raise NotImplementedError

    def name(self) -> str:
        raise NotImplementedError

    def note(self, meetings: list[Meeting]) -> None:
        note_told_changes(meetings)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.meetings().select_related("committee")
        meetings = list(rows.order_by("starts_at", "pk"))
        self.note(meetings)
        sign = sign_of(meetings)
        response = get_conditional_response(request, etag=sign)
        if response is None:
            content = feed_of(meetings, name=self.name())
            response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
            response["Content-Disposition"] = 'inline; filename="kalender.ics"'
        response["ETag"], response["Cache-Control"] = sign, self.caching
        if meetings:
            response["Last-Modified"] = http_date(max(row.told_at for row in meetings).timestamp())  # type: ignore[attr-defined]
        return response


class CommitteeFeed(FeedView):
    """What a visitor may see, whoever asks."""

    caching = "public, no-cache"

    def meetings(self) -> QuerySet[Meeting]:
        visitor = AnonymousUser()
        self.committee = get_object_or_404(Committee.objects.visible_to(visitor), slug=self.kwargs["slug"])
        return Meeting.objects.visible_to(visitor).filter(committee=self.committee)

    def name(self) -> str:
        return self.committee.name


class PrivateFeed(FeedView):
    """The secret in the address is the whole permission; a wrong, old or revoked one is a 404."""

    caching = "private, no-cache"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        for name, value in SECRET.items():
            response[name] = value
        return response

    def meetings(self) -> QuerySet[Meeting]:
        link = CalendarLink.objects.opening(self.kwargs["secret"]).select_related("user").first()
        if link is None or link.user is None:
            raise Http404
        self.account = link.user
        return meetings_for(self.account)

    def note(self, meetings: list[Meeting]) -> None:
        note_told_changes(meetings)
        note_regrets(meetings, self.account)

    def name(self) -> str:
        return _("Meine Sitzungen")


def meetings_for(user: User) -> QuerySet[Meeting]:
    """Of the committees in which the account has a seat, or of all; not from long ago."""
    visible = Meeting.objects.visible_to(user).since(localdate() - relativedelta(months=MONTHS_BACK))
    return visible if user.has_perm(FOLLOW_ALL) else visible.of_member(user)


class CalendarLinkPage(RuledView, TemplateView):
    """POST `action` "renew" shows the new address, once: nobody can read it here again."""

    permission = SIGNED_IN
    writes = ("post",)
    template_name = "governance/calendar_link.html"
    title = gettext_lazy("Kalender-Abo")

    @property
    def account(self) -> User:
        return get_object_or_404(User, pk=self.request.user.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.account
        return super().get_context_data(
            title=self.title,
            link=CalendarLink.objects.filter(user=account).first(),
            committees=Committee.objects.visible_to(account).with_member(account),
            sees_all=account.has_perm(FOLLOW_ALL),
            months_back=MONTHS_BACK,
            crumbs=[(self.title, "")],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = ""
        if request.POST.get("action") == "renew":
            secret = renew_calendar_link(user=self.account)
            address = f"{settings.PORTAL_URL}{reverse('private_feed', args=[secret])}"
        elif request.POST.get("action") == "revoke":
            revoke_calendar_link(user=self.account)
        return self.render_to_response(self.get_context_data(address=address))
