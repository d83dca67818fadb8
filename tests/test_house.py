"""Tests of the whole house: what every part of it must keep to."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View

from network.models import Role, User
from smartregion.base.access import PUBLIC, RuledView, WriteOnRead, policy_of, reading_only
from smartregion.base.models import Job
from smartregion.base.personal import data_types
from smartregion.policies import LIBRARY_NAMESPACES, LIBRARY_VIEWS
from tests.factories import make_field, make_user

OUR_APPS = ["base", "fields", "network", "measures", "governance", "participation", "monitoring"]
WITHOUT_HISTORY = {
    "base.AuditEntry": "kept as it is by a trigger, and names nobody",
    "base.AuditHead": "only grows, and names nobody",
    "base.Draft": "what is not saved yet belongs to its account alone and is soon forgotten",
    "base.Erasure": "kept as it is by a trigger, and names nobody",
    "base.Job": "its attempts and times are its own record",
    "base.JobAttempt": "a job's own record",
    "base.RetentionRun": "only the last run counts",
    "base.Sign": "only the last sign of life counts",
    "governance.Ballot": "secret until the end, and what it was before is nobody's; then kept by a trigger",
    "governance.MinutesFile": "written once, then sealed by a trigger",
    "governance.MirrorRun": "its states and times are its own record",
    "governance.MirroredObject": "a copy, whose source keeps its history",
    "measures.TableImport": "its states and times are its own record; what it writes is kept by the rows",
    "participation.AccessRequest": "an address that is forgotten after a week",
    "participation.Feedback": "written once by nobody known, and never changed",
    "participation.Registration": "personal, and deleted some weeks after the event; a history would keep it",
    "participation.IdeaAuthor": "an address, which has to be gone once it is deleted",
    "participation.ForgottenIdea": "written once, when an idea goes with its history, and of nobody",
    "participation.Reply": "of nobody, and never changed but for whether a free text appears",
    "participation.Sheet": "of nobody, and never changed",
    "participation.Support": "a pseudonym, which has to be gone once it is deleted",
    "participation.Subscriber": "a history would keep an address that was to be forgotten",
    "participation.Subscription": "goes with its subscriber",
    "participation.SubscriptionRequest": "a history would keep an address that nobody confirmed",
    "participation.WeeklyDigest": "its states and times are its own record, and it is soon forgotten",
    "participation.AskedMail": "a pseudonym, counted for a day",
    "participation.SentForm": "a number, kept for two days",
    "participation.VisitorMail": "on its way, and gone once it was handed over",
    "network.AddressChange": "a link that counts for a day; the account keeps what it became",
    "network.Digest": "its states and times are its own record, and it is soon forgotten",
    "monitoring.ValueImport": "its states and times are its own record; what it writes is kept by the rows",
    "monitoring.ReportFile": "written once, then sealed by a trigger",
}

READ_BY_POST = {("AlikeView", "post")}
"""What is typed so far is compared and stored nowhere; it is too long for an address."""


def all_patterns(
    resolver: URLResolver, namespaces: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], URLPattern]]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += all_patterns(entry, (*namespaces, *filter(None, [entry.namespace])))
        else:
            found.append((namespaces, entry))
    return found


def test_every_url_has_a_policy() -> None:
    without = [
        str(pattern.pattern)
        for namespaces, pattern in all_patterns(get_resolver())
        if policy_of(pattern.callback) is None
        and not (set(namespaces) & set(LIBRARY_NAMESPACES))
        and pattern.name not in LIBRARY_VIEWS
    ]

    assert without == []


def test_every_policy_is_public_or_a_rule_that_exists() -> None:
    import rules

    stated = [
        (str(pattern.pattern), policy_of(pattern.callback)) for _, pattern in all_patterns(get_resolver())
    ]
    unknown = [
        (where, policy)
        for where, policy in [*stated, *LIBRARY_VIEWS.items(), *LIBRARY_NAMESPACES.items()]
        if policy not in {None, PUBLIC, "signed-in"} and not rules.perm_exists(policy)
    ]

    assert unknown == []


def test_a_view_without_a_policy_answers_nobody(settings, client: Client) -> None:
    settings.ROOT_URLCONF = "tests.urls_without_policy"
    client.raise_request_exception = False

    assert client.get("/offen/").status_code == 500


@pytest.mark.django_db
def test_a_reading_method_cannot_write() -> None:
    with reading_only(), pytest.raises(WriteOnRead), transaction.atomic():
        Job.objects.create(kind="test")
    with reading_only(), pytest.raises(WriteOnRead), transaction.atomic():
        make_field()

    Job.objects.create(kind="test")
    assert Job.objects.count() == 1


def test_every_writing_view_names_its_methods() -> None:
    """A view that answers a writing method which is not among its `writes` could never write."""
    forgotten = {
        (view.__name__, method)
        for _, pattern in all_patterns(get_resolver())
        if (view := getattr(pattern.callback, "view_class", View)) and issubclass(view, RuledView)
        for method in {*view.http_method_names} - {"get", "head", "options"}
        if hasattr(view, method) and method not in view.writes
    }

    assert forgotten == READ_BY_POST


def test_every_model_keeps_its_history_or_says_why_not() -> None:
    ours = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    untracked = {
        model._meta.label
        for model in ours
        if not hasattr(model, "pgh_event_model") and not model.__name__.endswith("Event")
    }

    assert untracked == set(WITHOUT_HISTORY)


def test_passwords_are_not_kept_in_the_history() -> None:
    event = apps.get_model("network", "UserEvent")

    assert {"password", "last_login"} & {field.name for field in event._meta.get_fields()} == set()


def test_every_template_is_used() -> None:
    root = Path(settings.BASE_DIR)
    sources = "\n".join(
        path.read_text()
        for pattern in (
            "smartregion/**/*.py",
            "fields/**/*.py",
            "network/**/*.py",
            "measures/**/*.py",
            "governance/**/*.py",
            "participation/**/*.py",
            "monitoring/**/*.py",
            "templates/**/*.*",
        )
        for path in root.glob(pattern)
        if path.is_file() and path.suffix in {".py", ".html", ".svg", ".txt"}
    )
    by_convention = {"403.html", "404.html", "500.html"}
    unused = [
        name
        for path in (root / "templates").rglob("*.*")
        if (name := str(path.relative_to(root / "templates"))) not in by_convention
        and not name.startswith("account/")
        and f'"{name}"' not in sources
        and f'_chart("{path.stem}"' not in sources
    ]

    assert unused == []


def test_every_foreign_key_to_an_account_outlives_the_account() -> None:
    """An account can be removed without taking work with it."""
    from network.models import User

    takes_work_along = [
        relation.related_model._meta.label
        for relation in User._meta.related_objects
        if relation.related_model._meta.app_label in OUR_APPS
        and not relation.related_model.__name__.endswith("Event")
        and relation.on_delete is models.CASCADE
    ]

    assert takes_work_along == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.ADMINISTRATION, Role.MUNICIPALITY}]
)
def test_only_the_administration_manages_accounts(client: Client, role: Role) -> None:
    client.force_login(make_user(role))

    assert client.get("/verwaltung/network/user/").status_code == 403


@pytest.mark.django_db
def test_the_administration_manages_accounts(client: Client) -> None:
    client.force_login(make_user(Role.ADMINISTRATION))

    assert client.get("/verwaltung/network/user/").status_code == 200


TOLD_BY_THE_HISTORY = {
    "governance.PaperFile": "who added a file",
    "measures.DocumentFile": "who added a file",
    "measures.GateCheck": "who noted that a criterion is met",
    "measures.Impulse": "who gave an input",
    "measures.MaturityAssessment": "who assessed",
    "measures.RolloutCell": "who confirmed a cell",
    "measures.StatusRound": "who opened a round",
    "measures.StatusUpdate": "who wrote an update",
    "measures.TableImport": "who applied a table",
    "measures.Wish": "who made a wish",
    "monitoring.Erratum": "who declared an erratum",
    "monitoring.ReportSchedule": "who released ahead",
    "monitoring.ValueImport": "who applied values",
    "participation.EventFile": "who added a file",
    "participation.Mailing": "who sent a mailing",
}
"""They hold no more than the key of an account, whose person goes with the account."""


def test_every_model_with_an_address_or_an_account_is_a_data_type_or_says_why_not() -> None:
    named = {each.stored().model._meta.label for each in data_types()}
    personal = {
        model._meta.label
        for app in OUR_APPS
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.endswith("Event")
        and any(
            isinstance(field, models.EmailField) or field.related_model is User
            for field in model._meta.concrete_fields
        )
    }

    assert personal - named == set(TOLD_BY_THE_HISTORY)


def test_every_data_type_says_what_it_is_for() -> None:
    assert [
        each.key for each in data_types() if not all((each.title, each.purpose, each.basis, each.kept))
    ] == []


def test_the_texts_of_mails_stand_in_one_folder_of_each_app() -> None:
    """But those of the library for accounts, which says where it looks."""
    texts = (settings.BASE_DIR / "templates").rglob("*.txt")

    assert {path.parent.name for path in texts if not {"account", "components"} & {*path.parts}} == {"mails"}
