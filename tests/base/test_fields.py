"""Texts have a limit, held by form and database, and nothing that somebody wrote gets lost over it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client

from measures.models import Measure
from network.models import Role
from smartregion.base.fields import LONGEST, LongText
from smartregion.base.models import LegalText
from tests.factories import make_measure, make_user
from tests.test_house import OUR_APPS

WITHOUT_LIMIT = {
    "base.Job.error": "written by the portal itself, one sentence",
    "governance.Circular.sealed": "the sealed record, written by the portal itself",
    "governance.MirrorRun.error": "written by the portal itself, one sentence",
    "monitoring.Report.snapshot": "the report's data, written by the portal itself",
}


def is_event(model: type[models.Model]) -> bool:
    return model.__name__.endswith("Event")


def texts() -> list[models.Field[Any, Any]]:
    ours = [
        model for app in OUR_APPS for model in apps.get_app_config(app).get_models() if not is_event(model)
    ]
    return [field for model in ours for field in model._meta.fields if isinstance(field, models.TextField)]


def test_every_text_that_people_write_has_a_limit() -> None:
    unlimited = {str(field) for field in texts() if not isinstance(field, LongText)}

    assert unlimited == set(WITHOUT_LIMIT)
    assert [
        str(field)
        for field in texts()
        if str(field) not in WITHOUT_LIMIT and not 0 < field.max_length <= LONGEST
    ] == []


@pytest.mark.django_db
def test_the_database_holds_each_limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c'"
        )
        held = set(cursor.fetchall())
    missing = [
        str(field)
        for field in texts()
        if isinstance(field, LongText)
        and (field.model._meta.db_table, f"CHECK ((length({field.column}) <= {field.max_length}))")
        not in held
    ]

    assert missing == []


@pytest.mark.django_db
def test_a_longer_text_gets_past_no_code() -> None:
    text = LegalText.objects.create(slug="imprint", title="Impressum", body="x" * LONGEST)

    with pytest.raises(IntegrityError), transaction.atomic():
        LegalText.objects.filter(pk=text.pk).update(body="x" * (LONGEST + 1))


@pytest.mark.django_db
def test_the_history_keeps_what_was_written_before_a_limit_was_lowered() -> None:
    event = LegalText.pgh_event_model

    event.objects.create(
        id=1,
        slug="imprint",
        title="Impressum",
        body="x" * (LONGEST + 1),
        version=1,
        pgh_obj_id=1,
        pgh_label="update",
    )

    assert event.objects.count() == 1


@pytest.mark.django_db
def test_a_text_that_is_too_long_comes_back_whole_with_a_german_sentence(client: Client) -> None:
    measure = make_measure("Netz")
    client.force_login(make_user(Role.COORDINATION))
    page = client.get("/massnahmen/netz/bearbeiten/")
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    long = "ä" * 4001

    answer = client.post("/massnahmen/netz/bearbeiten/", {**typed, "goal": long})

    assert answer.context["form"].errors == {
        "goal": [
            "Bitte sicherstellen, dass der Wert aus höchstens 4000 Zeichen besteht. "
            "(Er besteht aus 4001 Zeichen.)"
        ]
    }
    assert long in answer.content.decode()
    assert 'maxlength="4000"' not in answer.content.decode()
    assert Measure.objects.get(pk=measure.pk).goal == ""
