"""Job: the truth about background work. LegalText: pages the region edits. Draft: what is not saved yet.

Sign: when beat, worker and each scheduled task were last heard of. RetentionRun, Erasure: what was deleted.
AuditEntry: what security wants to know.
"""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from smartregion.base.fields import LONG, LONGEST, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.job_kinds import title_of
from smartregion.base.versioned import Versioned


class JobQuerySet(models.QuerySet["Job"]):
    def claimable(self) -> Self:
        """Jobs that wait, and running ones whose worker has not been heard of until its lease ran out."""
        return self.filter(Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, lease_until__lt=now()))

    def failed(self) -> Self:
        return self.filter(status=Job.Status.FAILED)

    def waiting(self) -> Self:
        """In the order in which the tick wakes them."""
        return self.filter(status=Job.Status.QUEUED).order_by("pk")

    def latest_done(self, kind: str) -> Self:
        """Those of a kind by whose durations others are estimated."""
        return self.filter(kind=kind, status=Job.Status.DONE).order_by("-finished_at")[: Job.COMPARED]

    def outdated(self) -> Self:
        """Ended long ago, and no row points to them."""
        ended = self.filter(finished_at__lt=now() - Job.KEPT_FOR).exclude(status__in=Job.OPEN)
        for relation in Job._meta.related_objects:
            if relation.related_model is not JobAttempt:
                pointing = relation.related_model._base_manager.filter(
                    **{relation.field.name: OuterRef("pk")}
                )
                ended = ended.exclude(Exists(pointing))
        return ended

    def held(self, job: "Job") -> Self:
        """The job as long as this worker still holds it: the fence has not moved on."""
        return self.filter(pk=job.pk, status=Job.Status.RUNNING, fence=job.fence)


class Job(models.Model):
    """One piece of background work: queued, running, then done or failed."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("wartet")
        RUNNING = "running", _("läuft")
        DONE = "done", _("fertig")
        FAILED = "failed", _("fehlgeschlagen")

    OPEN = (Status.QUEUED, Status.RUNNING)
    MAX_ATTEMPTS = 3
    COMPARED = 20
    ESTIMATE_SECONDS = 10
    KEPT_FOR = timedelta(days=90)

    kind = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=1)
    step_label = models.CharField(max_length=120, blank=True)
    marks = models.JSONField(default=dict)
    """After how many seconds of its attempt the job had reached a share of its steps, by percent."""
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running") | Q(lease_until=None), name="job_only_running_has_lease"
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error=""), name="job_failed_has_error"),
            models.CheckConstraint(condition=Q(step__lte=F("steps")), name="job_step_within_steps"),
        ]
        indexes = [
            models.Index(fields=["status", "lease_until"]),
            models.Index(fields=["kind", "status", "-finished_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.pk])

    @property
    def title(self) -> str:
        return title_of(self.kind)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took; None as long as it has not ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def percent(self) -> int:
        return 100 * self.step // self.steps

    @property
    def next_step(self) -> int:
        """The step that is being done, counted from one."""
        return min(self.step + 1, self.steps)

    @property
    def last_mark(self) -> str:
        """The share of its steps, in percent, that was last reached and kept among the marks."""
        return max(self.marks, key=int, default="0")

    @property
    def state(self) -> str:
        """Changes whenever a person who watches the job would see something new; the estimate ages."""
        age = self._age // self.ESTIMATE_SECONDS
        return f"{self.status}-{self.attempts}-{self.step}" + (f"-{age}" if age else "")

    @property
    def _age(self) -> int:
        if self.status != self.Status.RUNNING or self.started_at is None:
            return 0
        return int((now() - self.started_at).total_seconds())

    @staticmethod
    def next_lease() -> datetime:
        return now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


class JobAttempt(models.Model):
    """One try of a job: how it ended, and what a technician needs to know of it."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("läuft")
        DONE = "done", _("fertig")
        ERROR = "error", _("Fehler")
        LOST = "lost", _("Worker verloren")

    job = models.ForeignKey(Job, models.CASCADE, related_name="tries")
    fence = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.RUNNING)
    technical = LongText(blank=True, max_length=LONG)

    class Meta:
        ordering = ["fence"]
        constraints = [
            *limits("jobattempt", technical=LONG),
            models.UniqueConstraint(fields=["job", "fence"], name="jobattempt_one_per_fence"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.fence}"


class Sign(models.Model):
    """When a part of the operation was last heard of: beat, a worker, a task, a backup, its drill."""

    BEAT, WORKER = "beat", "worker"
    BACKUP, RESTORE_DRILL = "backup", "restore_drill"

    name = models.CharField(primary_key=True, max_length=100)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def give(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"seen_at": now()})


@tracked
class LegalText(Versioned):
    """A page whose wording the region answers for, such as Impressum, Datenschutz and Leichte Sprache."""

    slug = models.SlugField(_("Adresse"), unique=True)
    title = models.CharField(_("Titel"), max_length=120)
    body = LongText(_("Text (Markdown)"), max_length=LONGEST)

    class Meta:
        verbose_name = _("Rechtstext")
        verbose_name_plural = _("Rechtstexte")
        constraints = limits("legaltext", body=LONGEST)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse(self.slug)


class DraftQuerySet(models.QuerySet["Draft"]):
    def outdated(self) -> Self:
        return self.filter(saved_at__lt=now() - Draft.KEPT_FOR)


class Draft(models.Model):
    """What an account has typed into the form at an address and not saved. Nobody else ever reads it."""

    KEPT_FOR = timedelta(days=30)
    MOST_CHARACTERS = 100_000

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="drafts")
    address = models.CharField(max_length=300)
    texts = models.JSONField()
    saved_at = models.DateTimeField(default=now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="draft_one_per_form"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length(Cast("texts", models.TextField())), 100_000),
                name="draft_texts_length",
            ),
        ]
        indexes = [models.Index(fields=["saved_at"])]

    def __str__(self) -> str:
        return self.address


class RetentionRun(models.Model):
    """When a data type (`smartregion/base/personal.py`) was last looked through, and what was deleted."""

    data_type = models.CharField(primary_key=True, max_length=60)
    ran_at = models.DateTimeField()
    deleted = models.PositiveIntegerField()
    deleted_at = models.DateTimeField(null=True)
    """When something was last deleted."""

    def __str__(self) -> str:
        return self.data_type


class Erasure(models.Model):
    """That a person was erased, without saying who: addresses and names stand here as keyed hashes alone.

    So a restored backup can be searched for them, see `smartregion/base/erasure_replay.py`.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("alles zur Person")
        VISITOR = "visitor", _("Angaben ohne Konto")
        WORKS = "works", _("Angaben ohne Konto und veröffentlichte Ideen")

    id = models.UUIDField(primary_key=True, default=uuid4)
    erased_at = models.DateTimeField(_("gelöscht am"), default=now)
    scope = models.CharField(_("Umfang"), max_length=7, choices=Scope.choices)
    reason = models.CharField(_("Grund"), max_length=300)
    office = models.CharField(_("durch"), max_length=120)
    signs = models.JSONField()
    """List of [number of words, keyed hash]; an address counts as no word, an account as -1."""
    counts = models.JSONField(default=dict)
    """Rows by data type; "texts" are those elsewhere."""
    left = models.JSONField(default=dict)
    """By model the rows that are sealed and still hold a wording."""

    class Meta:
        verbose_name = _("Löschung")
        verbose_name_plural = _("Löschungen")
        ordering = ["-erased_at"]
        triggers = [
            pgtrigger.Protect(name="erasures_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of_account(self, key: int) -> Self:
        return self.filter(Q(account=key) | Q(about=key)).order_by("-number")


class AuditEntry(models.Model):
    """One entry of the audit log (`smartregion/base/audit.py`). The database takes it and never changes it.

    Accounts are no foreign keys: an entry stays as it is when its account goes.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("Zeitpunkt"))
    kind = models.CharField(_("Vorgang"), max_length=40)
    account = models.BigIntegerField(null=True)
    about = models.BigIntegerField(null=True)
    facts = LongText(max_length=LONG)
    """JSON as it was written; the hash is over these characters."""
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Eintrag des Protokolls")
        verbose_name_plural = _("Protokoll")
        constraints = limits("auditentry", facts=LONG)
        indexes = [
            models.Index(fields=["account", "-number"]),
            models.Index(fields=["about", "-number"]),
            models.Index(fields=["kind", "-number"]),
            models.Index(fields=["at"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="audit_is_chained",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("last", "RECORD")],
                # The lock is held until the transaction ends: no gap in numbers, one order of hashes.
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('base_auditentry'));
                    SELECT * INTO last FROM base_auditentry ORDER BY number DESC LIMIT 1;
                    NEW.number = COALESCE(last.number, 0) + 1;
                    NEW.at = CLOCK_TIMESTAMP();
                    NEW.previous_hash = COALESCE(last.hash, repeat('0', 64));
                    NEW.hash = encode(sha256(convert_to(concat(
                        NEW.previous_hash, E'\\n', NEW.number, E'\\n',
                        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), E'\\n', NEW.kind,
                        E'\\n', NEW.account, E'\\n', NEW.about, E'\\n', NEW.facts), 'UTF8')), 'hex');
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="audit_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="audit_is_kept_whole",
                level=pgtrigger.Statement,
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate the audit log';",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class AuditHead(models.Model):
    """Up to where the audit log went one night: it has to contain these heads for ever."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"
