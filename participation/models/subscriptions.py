"""Subscriptions of people without an account: asked for, confirmed by mail, and one digest a week.

None of these rows has a history: it would keep an address that was to be forgotten.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.timezone import localdate, make_aware, now
from django.utils.translation import gettext_lazy as _

from smartregion.base.languages import language_field
from smartregion.base.models import Job
from smartregion.base.public_news import Topic

LONGEST_KIND, LONGEST_KEY = 30, 160


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def waiting_for(self, week: date) -> Self:
        """Those who have not been told what was new before that Monday, and have no digest for it."""
        behind = self.filter(told_until__lt=beginning_of(week))
        return behind.exclude(digests__week=week).order_by("pk")

    def following(self, topics: Iterable[Topic], *, kind: str) -> Self:
        """Those who follow one of the topics, or any of the kind."""
        chosen = Q(kind=kind)
        for topic in topics:
            chosen |= Q(kind=topic.kind, key=topic.key)
        return self.filter(pk__in=Subscription.objects.filter(chosen).values("subscriber"))


class Subscriber(models.Model):
    """A confirmed address."""

    email = models.EmailField(_("E-Mail-Adresse"))
    language = language_field()
    confirmed_at = models.DateTimeField(_("bestätigt am"), default=now)
    told_until = models.DateTimeField(_("unterrichtet bis"), default=now)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abonnement")
        verbose_name_plural = _("Abonnements")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_one_per_address"),
            models.CheckConstraint(
                condition=Q(told_until__gte=F("confirmed_at")), name="subscriber_told_since_confirmed"
            ),
        ]
        indexes = [models.Index(fields=["told_until"])]

    def __str__(self) -> str:
        return self.email

    @property
    def topics(self) -> list[Topic]:
        return [Topic(row.kind, row.key) for row in self.subscriptions.all()]


class Subscription(models.Model):
    """A topic that a subscriber follows."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    kind = models.CharField(_("Art"), max_length=LONGEST_KIND)
    key = models.CharField(_("Thema"), max_length=LONGEST_KEY)

    class Meta:
        verbose_name = _("abonniertes Thema")
        verbose_name_plural = _("abonnierte Themen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "kind", "key"], name="subscription_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class SubscriptionRequestQuerySet(models.QuerySet["SubscriptionRequest"]):
    def outdated(self) -> Self:
        return self.filter(created_at__lt=now() - SubscriptionRequest.KEPT_FOR)


class SubscriptionRequest(models.Model):
    """What somebody asked for in the name of an address; holds once its owner confirms it."""

    KEPT_FOR = timedelta(days=2)
    MOST = 3
    """So many mails an address gets within that time, whoever asks for them."""

    email = models.EmailField(_("E-Mail-Adresse"))
    language = language_field()
    wanted = models.JSONField(_("Themen"))
    created_at = models.DateTimeField(_("angefragt am"), default=now)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True)

    objects = SubscriptionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anfrage eines Abonnements")
        verbose_name_plural = _("Anfragen von Abonnements")
        indexes = [models.Index(fields=["created_at"]), models.Index(fields=["email"])]

    def __str__(self) -> str:
        return self.email

    @property
    def topics(self) -> list[Topic]:
        return [Topic(*pair) for pair in self.wanted]


class WeeklyDigestQuerySet(models.QuerySet["WeeklyDigest"]):
    def waiting(self) -> Self:
        return self.filter(done_at=None)

    def outdated(self) -> Self:
        return self.filter(week__lt=localdate() - WeeklyDigest.KEPT_FOR)


class WeeklyDigest(models.Model):
    """What a subscriber is told at the beginning of a week: waiting, or done with so many news.

    Done with none, no mail was needed; done with a problem, the mail server refused it for good.
    """

    KEPT_FOR = timedelta(days=30)

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="digests")
    week = models.DateField(_("Woche, ab Montag"))
    job = models.ForeignKey(Job, models.PROTECT, related_name="weekly_digests")
    done_at = models.DateTimeField(_("erledigt am"), null=True, blank=True)
    told = models.PositiveIntegerField(_("Neuigkeiten"), default=0)
    problem = models.CharField(_("Problem"), max_length=200, blank=True)

    objects = WeeklyDigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Neuigkeiten der Woche")
        verbose_name_plural = _("Neuigkeiten der Woche")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "week"], name="weeklydigest_one_per_week"),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="weeklydigest_week_is_a_monday"),
            models.CheckConstraint(
                condition=Q(problem="") | Q(done_at__isnull=False), name="weeklydigest_problem_ends_it"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.week}"

    @property
    def until(self) -> datetime:
        """It tells what happened before; by then no change of the week before is still under way."""
        return beginning_of(self.week)


def beginning_of(day: date) -> datetime:
    """Midnight in the region."""
    return make_aware(datetime.combine(day, time.min))
