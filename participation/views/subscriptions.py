"""Pages of subscriptions: ask for one, confirm it, change it, end it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from participation.following import choices_for, feed_of, topic_in
from participation.forms.subscriptions import MOST_TOPICS, SubscribeForm, TopicsForm
from participation.links import opened, row_of, secret_of
from participation.models import Subscriber, SubscriptionRequest
from participation.open_forms import OpenFormView
from participation.services.subscriptions import (
    CHANGE,
    CONFIRM,
    END,
    choose_topics,
    confirm_subscription,
    end_subscription,
    request_subscription,
)
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.public_news import Topic, kinds
from smartregion.base.secret_pages import SecretPage


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Abonnement"), reverse("subscribe") if last else ""), *last]


class SubscribeView(OpenFormView):
    """`?thema=massnahmen:sensornetz` ticks a topic; one that is not to be seen is ignored."""

    template_name = "participation/subscribe.html"
    form_class = SubscribeForm
    purpose = "subscription"

    def get_form_kwargs(self) -> dict[str, Any]:
        named = [topic_in(text) for text in self.request.GET.getlist("thema")[:MOST_TOPICS]]
        offered = choices_for(topic for topic in named if topic)
        return {**super().get_form_kwargs(), "offered": offered}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = [kind for kind in kinds() if kind.is_listed]
        feeds = [
            (kind.label, [(choice.label, feed_of(Topic(kind.key, key))) for key, choice in found.items()])
            for kind in listed
            if (found := kind.find(None))
        ]
        return super().get_context_data(crumbs=crumbs(), feeds=feeds, **kwargs)

    def form_valid(self, form: SubscribeForm) -> HttpResponse:
        request_subscription(email=form.cleaned_data["email"], topics=form.topics)
        return redirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("subscription_requested")


class SubscriptionRequestedView(RuledView, TemplateView):
    """The same for every address."""

    permission = PUBLIC
    template_name = "participation/subscription_requested.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((_("Bitte bestätigen"), "")),
            days=SubscriptionRequest.KEPT_FOR.days,
            most=SubscriptionRequest.MOST,
            **kwargs,
        )


class SecretView(SecretPage):
    """A page behind a link from a mail."""

    writes = ("post",)


class ConfirmView(SecretView, TemplateView):
    """GET only asks: some mail systems open every link before people do."""

    template_name = "participation/subscription_confirm.html"

    @cached_property
    def row(self) -> SubscriptionRequest:
        return row_of(SubscriptionRequest.objects.all(), self.kwargs["confirmation"], CONFIRM)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = [choice.label for choice in choices_for(self.row.topics).values()]
        title = _("Abonnement bestätigen")
        return super().get_context_data(row=self.row, labels=labels, crumbs=crumbs((title, "")), **kwargs)

    def post(self, request: HttpRequest, confirmation: str) -> HttpResponse:
        subscriber = confirm_subscription(request=self.row)
        return redirect(_page_of(subscriber, "bestaetigt"))


class SubscriptionView(SecretView, FormView[TopicsForm]):
    """What the address follows, and the way to change it."""

    template_name = "participation/subscription.html"
    form_class = TopicsForm

    @cached_property
    def subscriber(self) -> Subscriber:
        return row_of(Subscriber.objects.all(), self.kwargs["choice"], CHANGE)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "offered": self.subscriber.topics}

    def form_valid(self, form: TopicsForm) -> HttpResponse:
        choose_topics(subscriber=self.subscriber, topics=form.topics)
        return redirect(_page_of(self.subscriber, "gespeichert"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            subscriber=self.subscriber,
            unsubscribe=reverse("subscription_end", args=[secret_of(self.subscriber, END)]),
            said=self.request.GET.get("meldung"),
            crumbs=crumbs((_("Themen wählen"), "")),
            **kwargs,
        )


def _page_of(subscriber: Subscriber, said: str) -> str:
    return f"{reverse('subscription', args=[secret_of(subscriber, CHANGE)])}?meldung={said}"


class UnsubscribeView(SecretView, TemplateView):
    """POST ends it, also by the mail program itself (RFC 8058), and once more does no harm; GET only asks."""

    template_name = "participation/subscription_end.html"

    @cached_property
    def subscriber(self) -> Subscriber | None:
        return opened(Subscriber.objects.all(), self.kwargs["ending"], END)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Abonnement beenden")
        ended = self.subscriber is None
        return super().get_context_data(ended=ended, crumbs=crumbs((title, "")), **kwargs)

    def post(self, request: HttpRequest, ending: str) -> HttpResponse:
        if self.subscriber:
            end_subscription(subscriber=self.subscriber)
            self.subscriber = None
        return self.render_to_response(self.get_context_data())
