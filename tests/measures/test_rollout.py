"""Roll-out: what matrix and map show, confirming, editing and undoing cells."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from measures.forms.rollout import CellForm
from measures.models import RolloutCell
from measures.models.rollout import RolloutFigures
from measures.rollout_map import Projection
from measures.services.rollout import confirm_cells
from network.models import Municipality, Role
from smartregion.base.changes import changes_of
from tests.factories import make_field, make_measure, make_municipality, make_user, set_cell

pytestmark = pytest.mark.django_db


def post_cell(client, cell, **values):
    data = {"stage": cell.stage, "since": "", "evidence": "", "reason": "", "contact": "", "note": ""}
    return client.post(cell.get_absolute_url(), {**data, "version": cell.version, **values})


def test_the_three_figures_leave_out_who_is_not_affected():
    cells = [("live", 30), ("introducing", 70), ("not_affected", 900), ("unknown", 100)]

    assert RolloutFigures.of(cells) == RolloutFigures(affected=3, live=1, share=15)


def test_where_nobody_is_affected_there_is_no_share():
    assert RolloutFigures.of([("not_affected", 900)]) == RolloutFigures(affected=0, live=0, share=None)


@pytest.mark.parametrize(
    "path", ["/roll-out/", "/roll-out/karte/", "/roll-out/karte/?massnahme=alle", "/kommunen/aadorf/"]
)
def test_internal_measures_are_not_shown_to_visitors(client, path):
    make_municipality("Aadorf")
    make_measure("Offene Sache")
    make_measure("Geheime Sache", visibility="internal")

    assert "Geheime Sache" not in client.get(path).content.decode()
    client.force_login(
        make_user(Role.STEERING), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert "Geheime Sache" in client.get(path).content.decode()


def test_the_map_of_an_internal_measure_is_missing_for_visitors(client):
    make_municipality("Aadorf")
    measure = make_measure("Geheime Sache", visibility="internal")

    assert client.get(f"/roll-out/karte/?massnahme={measure.slug}").status_code == 404


def test_the_count_of_live_measures_leaves_out_internal_ones(client):
    place = make_municipality("Aadorf")
    live = {"stage": "live", "since": "2025-01-01", "evidence": "Beschluss"}
    set_cell(make_measure("Offene Sache"), place, **live)
    set_cell(make_measure("Geheime Sache", visibility="internal"), place, **live)

    shapes = client.get("/roll-out/karte/?massnahme=alle").context["map"].shapes
    assert [shape.words for shape in shapes] == ["1 Maßnahme im Regelbetrieb"]


def test_the_map_falls_back_to_tiles_where_boundaries_are_missing(client):
    make_municipality("Aadorf")
    make_measure()

    assert client.get("/roll-out/karte/?ansicht=grenzen").context["as_tiles"] is True


def test_boundaries_of_both_geometry_types_fill_the_maps_width(client):
    square = [[[7.0, 52.0], [7.1, 52.0], [7.1, 52.1], [7.0, 52.1], [7.0, 52.0]]]
    far = [[[7.1, 52.0], [7.2, 52.0], [7.2, 52.1], [7.1, 52.1], [7.1, 52.0]]]
    for name, boundary in (
        ("Aadorf", {"type": "Polygon", "coordinates": square}),
        ("Bedorf", {"type": "MultiPolygon", "coordinates": [far]}),
    ):
        place = make_municipality(name)
        place.boundary = boundary
        place.save()
    make_measure()

    shapes = client.get("/roll-out/karte/?ansicht=grenzen").context["map"].shapes
    assert [(shape.x, shape.path.split("L")[1].split()[0]) for shape in shapes] == [
        (160.0, "320.0"),
        (480.0, "640.0"),
    ]


def test_the_name_of_a_bent_place_stands_between_its_borders():
    """The centre of the area of an L is outside of it."""
    ring = [[7, 0], [17, 0], [17, 1], [8, 1], [8, 10], [7, 10], [7, 0]]
    bent = Municipality(boundary={"type": "Polygon", "coordinates": [ring]})

    assert Projection.of([bent]).middle(bent) == pytest.approx((320, 610.3), abs=0.1)


def test_the_matrix_can_be_filtered_by_field_stage_and_missing_confirmation(client):
    place = make_municipality("Aadorf")
    mobility = make_measure("Fahren", field=make_field("Mobilität"))
    energy = make_measure("Heizen", field=make_field("Energie"))
    set_cell(mobility, place, stage="interested", confirmed_at=now())

    def titles(query):
        return [row.measure.title for row in client.get(f"/roll-out/?{query}").context["rows"]]

    assert titles("") == ["Fahren", "Heizen"]
    assert titles(f"field={energy.field.slug}") == ["Heizen"]
    assert titles("stage=interested") == ["Fahren"]
    assert titles("stale=on") == ["Heizen"]


def test_contact_and_person_are_for_accounts_and_the_note_for_its_own_municipality(client):
    place, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    user = make_user(Role.MUNICIPALITY, place, name="Name der Person")
    values = {
        "contact": "Die Kontaktstelle",
        "note": "Das Interne",
        "confirmed_at": now(),
        "confirmed_by": user,
    }
    set_cell(make_measure(), place, **values)

    def seen(who):
        if who:
            client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        html = (
            client.get(place.get_absolute_url()).content.decode() + client.get("/roll-out/").content.decode()
        )
        return [text in html for text in ("Name der Person", "Die Kontaktstelle", "Das Interne")]

    assert seen(None) == [False, False, False]
    assert seen(make_user(Role.MUNICIPALITY, other)) == [True, True, False]
    assert seen(user) == [True, True, True]


def test_confirming_many_cells_takes_a_fixed_number_of_queries_and_each_is_in_the_history(count_queries):
    place = make_municipality()
    user = make_user(Role.MUNICIPALITY, place)
    counts = []
    for number in (2, 20):
        cells = [RolloutCell.objects.get(measure=make_measure()) for _each in range(number)]
        with count_queries() as queries:
            done = confirm_cells(municipality=place, versions={cell.pk: 1 for cell in cells}, by=user)
        counts.append(len(queries))
        assert [cell.pk for cell in done.confirmed] == [cell.pk for cell in cells]

    assert counts[0] == counts[1]
    assert {changes_of(cell)[0].reason for cell in cells} == {"unverändert bestätigt"}
    assert {changes_of(cell)[0].by for cell in cells} == {user.name}


def test_a_cell_that_changed_meanwhile_is_reported_and_not_confirmed(client):
    place = make_municipality()
    client.force_login(
        make_user(Role.MUNICIPALITY, place), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    same, changed = (RolloutCell.objects.get(measure=make_measure(title)) for title in ("Gleich", "Anders"))
    RolloutCell.objects.filter(pk=changed.pk).update(stage="interested", version=2)

    data = {"cell": [f"{same.pk}:1", f"{changed.pk}:1"]}
    answer = client.post(f"{place.get_absolute_url()}bestaetigen/", data, headers={"hx-request": "true"})
    same.refresh_from_db()
    changed.refresh_from_db()

    assert (same.confirmed_at is None, same.version) == (False, 2)
    assert (changed.confirmed_at, changed.version) == (None, 2)
    assert [level for level, _text in answer.context["notices"]] == ["success", "warning"]
    assert "<html" not in answer.content.decode()


def test_an_edit_over_a_confirmed_cell_shows_both_versions(client):
    place = make_municipality()
    user = make_user(Role.MUNICIPALITY, place)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    cell = RolloutCell.objects.get(measure=make_measure())
    confirm_cells(municipality=place, versions={cell.pk: 1}, by=user)

    answer = post_cell(client, cell, stage="interested", note="Mein Text")

    assert answer.status_code == 409
    assert "Mein Text" in answer.content.decode()
    assert RolloutCell.objects.get(pk=cell.pk).stage == "unknown"


def test_saving_confirms_and_undo_takes_both_back(client):
    place = make_municipality()
    user = make_user(Role.MUNICIPALITY, place)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    cell = RolloutCell.objects.get(measure=make_measure())

    assert post_cell(client, cell, stage="interested").status_code == 302
    saved = RolloutCell.objects.get(pk=cell.pk)
    assert (saved.stage, saved.confirmed_by, saved.is_stale) == ("interested", user, False)

    client.post(f"{cell.get_absolute_url()}rueckgaengig/?version={saved.version}")
    undone = RolloutCell.objects.get(pk=cell.pk)
    assert (undone.stage, undone.confirmed_by, undone.confirmed_at) == ("unknown", None, None)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"stage": "live"}, ["evidence", "since"]),
        ({"stage": "live", "evidence": "Beschluss", "since": localdate() + timedelta(days=1)}, ["since"]),
        ({"stage": "rejected"}, ["reason"]),
        ({"stage": "withdrawn"}, ["reason"]),
        ({"stage": "preparing", "since": localdate() + timedelta(days=1)}, ["since"]),
        ({"stage": "live", "evidence": "Beschluss", "since": localdate()}, []),
    ],
)
def test_a_stage_asks_for_what_it_needs(values, wrong):
    make_municipality()
    cell = RolloutCell.objects.get(measure=make_measure())

    assert sorted(CellForm(data=values, instance=cell).errors) == wrong
