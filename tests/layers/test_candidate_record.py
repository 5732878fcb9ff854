"""Flights written down one after another: one structure keeps one row, and the queue its order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import geopandas as gpd
import pytest
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box
from sqlalchemy import text

from gis.crs import to_degrees
from layers.candidates import actions, store
from layers.candidates.rules import RejectReason, Verdict
from layers.database import set_actor
from layers.errors import Refused
from layers.people.actions import SignedIn, create_person
from layers.people.rules import Role
from layers.surveys import store as surveys

E, N = 456_000, 3_516_000
FIELD = box(E - 50, N - 50, E + 250, N + 250)
SHED = box(E, N, E + 10, N + 10)
ANNEX = box(E + 10, N, E + 15, N + 10)
MARCH, JUNE, SEPTEMBER, DECEMBER = (date(2023, month, 12) for month in (3, 6, 9, 12))


def fly(session, day, *, baseline=None, footprint=FIELD):
    survey = surveys.add(session, name=f"{day}", flown_on=day, expects=["ortho"], created_by=None)
    surveys.set_footprint(survey, to_degrees(MultiPolygon([footprint])))
    survey.baseline_id = baseline.id if baseline else None
    survey.status = "done"
    session.flush()
    return survey


def frame(*rows):
    """Rows of (geometry, kind, height change, confidence)."""
    facts = [(*row, *(None, 3.0, 0.8)[len(row) - 1 :])[:4] for row in rows]
    return gpd.GeoDataFrame(
        {
            "kind": [kind for _, kind, _, _ in facts],
            "confidence": [confidence for *_, confidence in facts],
            "area_m2": [geometry.area for geometry, *_ in facts],
            "height_change_m": [float("nan") if height is None else height for _, _, height, _ in facts],
            "method": "fused",
            "model": "chengtu-1",
            "threshold": 0.5,
        },
        geometry=[geometry for geometry, *_ in facts],
        crs="EPSG:4548",
    )


def rows(session, **where):
    page = store.page(
        session, survey=None, status=None, kind=None, sort="code", dismissed="include", limit=100, offset=0
    )
    return [row for row in page.rows if all(row[name] == value for name, value in where.items())]


def only(session, **where):
    [row] = rows(session, **where)
    return row


def story(row):
    return [(each["state"], round(each["area_m2"])) for each in row["sightings"]]


def everything(session):
    return [
        session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()  # noqa: S608
        for table in ("candidates", "sightings", "history")
    ]


@pytest.fixture
def reviewer(session):
    person = create_person(
        session, name="anna", display_name="安娜", password="right-horse-42", roles=[Role.REVIEWER]
    )
    set_actor(session, "anna")
    return SignedIn(person.id, "anna", "安娜", frozenset({Role.PUBLIC, Role.REVIEWER}), ())


@pytest.fixture
def flights(session):
    """Four flights, each compared with the one before."""
    before = fly(session, date(2023, 1, 12))
    flown = []
    for day in (MARCH, JUNE, SEPTEMBER, DECEMBER):
        flown.append(fly(session, day, baseline=flown[-1] if flown else before))
    return [before, *flown]


def record(session, flights, number, *found):
    return store.replace(session, flights[number], flights[number - 1], frame(*found))


def reject(session, reviewer, row, reason):
    actions.review(
        session, reviewer, row["id"], verdict=Verdict.REJECT, reason=RejectReason(reason), note=None,
        version=store.get(session, row["id"])["version"],
    )  # fmt: skip


def accept(session, reviewer, row):
    version = store.get(session, row["id"])["version"]
    actions.review(
        session, reviewer, row["id"], verdict=Verdict.ACCEPT, reason=None, note=None, version=version
    )


def test_a_structure_appears_grows_stands_and_goes_in_one_row(session, flights):
    record(session, flights, 1, (SHED, "new"))
    record(session, flights, 2, (ANNEX, "extended"))
    record(session, flights, 3)
    record(session, flights, 4, (SHED.union(ANNEX), "demolished", -3.0))
    shed = only(session, kind="extended")
    assert story(shed) == [("appeared", 100), ("grew", 150), ("unchanged", 150), ("gone", 150)]
    assert [str(each["flown_on"]) for each in shed["sightings"]][-1] == "2023-12-12"
    assert [each["detected"] for each in shed["sightings"]] == [True, True, False, True]
    assert (shed["area_m2"], shed["after"]["flown_on"]) == (pytest.approx(150, abs=0.1), "2023-06-12")
    gone = only(session, kind="demolished")
    assert gone["follows"]["code"] == shed["code"]
    assert story(gone) == [("gone", 150)]
    assert shed["priority"] < 0.4  # it is gone; what else is there to do


def test_the_model_that_found_it_stands_with_candidate_and_sighting(session, flights):
    record(session, flights, 1, (SHED, "new"))
    shed = only(session)
    assert (shed["method"], shed["model"], shed["threshold"]) == ("fused", "chengtu-1", 0.5)
    assert shed["sightings"][0]["model"] == "chengtu-1"


def test_a_frame_of_the_plain_detector_names_no_model(session, flights):
    plain = frame((SHED, "changed", None)).drop(columns=["model", "threshold"]).assign(method="difference")
    store.replace(session, flights[1], flights[0], plain)
    assert (only(session)["model"], only(session)["threshold"]) == (None, None)


def test_the_same_survey_twice_changes_nothing_in_whatever_order(session, flights):
    found = [
        (translate(SHED, x, y), kind, height)
        for x, y, kind, height in [
            (0, 0, "extended", 3.0), (30, 0, "new", 3.0), (60, 0, "demolished", -3.0), (90, 0, "changed", None),
        ]
    ]  # fmt: skip
    record(session, flights, 1, *[(translate(SHED, x, 0), "new") for x in (0, 60, 120)])
    record(session, flights, 2, *found)
    first = everything(session)
    for seed in range(3):
        mixed = random.Random(seed).sample(found, len(found))
        again = record(session, flights, 2, *mixed)
        assert (again.added, again.removed) == (0, 0)
        assert everything(session) == first


def test_every_known_structure_in_the_footprint_has_one_sighting_per_flight(session, flights):
    record(session, flights, 1, *[(translate(SHED, x, 0), "new") for x in range(0, 200, 20)])
    for number in (2, 3, 4):
        record(session, flights, number, (translate(SHED, 20 * number, 0), "demolished", -3.0))
    per = session.execute(
        text("SELECT survey_id, count(*), count(DISTINCT candidate_id) FROM sightings GROUP BY 1 ORDER BY 1")
    )
    assert [tuple(row)[1:] for row in per] == [(10, 10), (11, 11), (12, 12), (13, 13)]


def test_a_flight_that_shows_only_part_of_a_structure_says_nothing_of_it(session, flights):
    record(session, flights, 1, (SHED, "new"))
    narrow = fly(session, JUNE, baseline=flights[1], footprint=box(E - 50, N - 50, E + 5, N + 250))
    store.replace(session, narrow, flights[1], frame())
    assert story(only(session)) == [("appeared", 100)]


def test_an_older_flight_that_comes_late_is_told_in_its_place(session, flights):
    before, march, _, september, _ = flights
    store.replace(session, september, before, frame((SHED.union(ANNEX), "new")))
    code = only(session)["code"]
    store.replace(session, march, before, frame((SHED, "new")))
    shed = only(session)
    assert story(shed) == [("appeared", 100), ("grew", 150)]
    assert (shed["code"], shed["area_m2"]) == (code, pytest.approx(150, abs=0.1))
    assert shed["after"]["survey_id"] == september.id


def test_an_older_flight_run_again_does_not_bring_back_what_a_later_one_saw_gone(session, flights):
    record(session, flights, 1, (SHED, "new"))
    record(session, flights, 2)
    record(session, flights, 3, (SHED, "demolished", -3.0))
    record(session, flights, 2)
    record(session, flights, 1, (SHED, "new"))
    assert story(only(session, kind="new")) == [("appeared", 100), ("unchanged", 100), ("gone", 100)]


def test_what_the_detector_no_longer_finds_goes_unless_somebody_judged_it(session, flights, reviewer):
    record(session, flights, 1, (SHED, "new"), (translate(SHED, 50, 0), "new"))
    reject(session, reviewer, rows(session)[0], "shadow")
    assert record(session, flights, 1).removed == 1
    assert only(session)["status"] == "rejected"


def test_the_growth_of_an_accepted_structure_is_a_suspicion_of_its_own(session, flights, reviewer):
    record(session, flights, 1, (SHED, "new"))
    accept(session, reviewer, only(session))
    record(session, flights, 2, (ANNEX, "extended"))
    shed, annex = only(session, status="accepted"), only(session, status="pending")
    assert story(shed) == [("appeared", 100), ("grew", 150)]
    assert shed["area_m2"] == pytest.approx(100, abs=0.1)  # the shape that was judged
    assert annex["follows"]["code"] == shed["code"]
    assert annex["known_structure"]
    assert record(session, flights, 2, (ANNEX, "extended")).added == 0


def test_a_growth_rejected_as_a_shadow_never_was(session, flights, reviewer):
    record(session, flights, 1, (SHED, "new"))
    accept(session, reviewer, only(session))
    record(session, flights, 2, (ANNEX, "extended"))
    annex = only(session, status="pending")
    reject(session, reviewer, annex, "shadow")
    assert story(only(session, status="accepted"))[-1] == ("unchanged", 100)
    actions.undo(session, reviewer, annex["id"], version=store.get(session, annex["id"])["version"])
    assert story(only(session, status="accepted"))[-1] == ("grew", 150)


def test_a_demolition_rejected_as_misaligned_leaves_the_structure_standing(session, flights, reviewer):
    record(session, flights, 1, (SHED, "new"))
    record(session, flights, 2, (SHED, "demolished", -3.0))
    record(session, flights, 3)
    reject(session, reviewer, only(session, kind="demolished"), "misaligned")
    assert [state for state, _ in story(only(session, kind="new"))] == ["appeared", "unchanged", "unchanged"]


def test_what_is_built_again_after_a_demolition_follows_what_stood_there(session, flights):
    record(session, flights, 1, (SHED, "new"))
    record(session, flights, 2, (SHED, "demolished", -3.0))
    record(session, flights, 3, (SHED, "new"))
    first, second = rows(session, kind="new")
    assert [state for state, _ in story(first)] == ["appeared", "gone", "gone"]
    assert second["follows"]["code"] == first["code"]


def test_a_crop_rejected_once_is_set_aside_when_it_changes_again(session, flights, reviewer):
    record(session, flights, 1, (SHED, "changed", None))
    crop = only(session)
    reject(session, reviewer, crop, "crop")
    record(session, flights, 2, (SHED, "changed", None), (translate(SHED, 40, 0), "changed", None))
    again = [row for row in rows(session, status="pending") if row["dismissed"]]
    assert [each["dismissed"]["code"] for each in again] == ["rejected_before"]
    assert again[0]["dismissed"]["candidate"]["code"] == crop["code"]
    assert again[0]["dismissed"]["reason"] == "crop"


def test_a_verdict_sets_aside_its_like_at_once_and_its_undoing_takes_them_back(session, flights, reviewer):
    record(session, flights, 1, (SHED, "changed", None))
    first = only(session)
    reject(session, reviewer, first, "crop")
    record(session, flights, 2, (SHED, "changed", None))
    assert only(session, status="pending")["dismissed"]
    actions.undo(session, reviewer, first["id"], version=store.get(session, first["id"])["version"])
    assert [row["dismissed"] for row in rows(session)] == [None, None]


def permit(session, geometry, *, kind="building", valid_to=None):
    session.execute(
        text(
            "WITH d AS (INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES "
            "('341502000000', '金安区', 'district', 'district', '2020-01-01', ST_Multi(ST_GeomFromText(:wkt, 4490))) "
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id) "
            "INSERT INTO permits (code, kind, project, holder, issued_on, valid_from, valid_to, area_m2, division_id, geom) "
            "SELECT 'P-1', :kind, '厂房', '某公司', '2023-01-01', '2023-01-01', :until, 100, d.id, "
            "ST_Multi(ST_GeomFromText(:wkt, 4490)) FROM d"
        ),
        {"wkt": to_degrees(geometry).wkt, "kind": kind, "until": valid_to},
    )


@pytest.mark.parametrize(
    ("ground", "kind", "until", "aside"),
    [
        (SHED.buffer(5), "building", None, True),
        (SHED.buffer(5), "building", MARCH, True),
        (SHED.buffer(5), "building", MARCH - timedelta(days=1), False),
        (SHED.buffer(5), "occupation", None, False),
        (box(E, N, E + 10, N + 6), "building", None, False),
    ],
)
def test_what_a_permit_valid_on_the_day_of_the_flight_covers_is_set_aside(
    session, flights, ground, kind, until, aside
):
    permit(session, ground, kind=kind, valid_to=until)
    record(session, flights, 1, (SHED, "new"))
    assert (only(session)["dismissed"] is not None) is aside


def test_a_permit_that_comes_later_counts_once_the_ranks_are_refreshed(session, flights):
    record(session, flights, 1, (SHED, "new"))
    permit(session, SHED.buffer(5))
    assert store.refresh(session) == 1
    assert only(session)["dismissed"]["code"] == "permitted"


def test_dismissed_ones_leave_the_queue_and_are_counted(session, flights, reviewer):
    permit(session, SHED.buffer(5))
    record(session, flights, 1, (SHED, "new"), (translate(SHED, 50, 0), "new"))

    def page(dismissed):
        return store.page(session, survey=None, status="pending", kind=None, sort="priority",
                          dismissed=dismissed, limit=10, offset=0)  # fmt: skip

    assert [page(part).total for part in ("exclude", "only", "include")] == [1, 1, 2]
    assert [len(page(part).rows) for part in ("exclude", "only", "include")] == [1, 1, 2]
    assert (page("exclude").queued, page("exclude").dismissed) == (1, 1)
    [aside] = page("only").rows
    actions.put_back(session, reviewer, aside["id"], version=aside["version"])
    assert (page("exclude").queued, page("exclude").dismissed) == (2, 0)
    put = store.get(session, aside["id"])
    assert put["dismissed"]["put_back"]["by"] == "安娜"
    assert put["version"] == aside["version"] + 1
    store.refresh(session)
    assert page("only").total == 0
    with pytest.raises(Refused):
        actions.put_back(session, reviewer, aside["id"], version=put["version"])


def test_the_queue_begins_with_what_matters_most(session, flights):
    found = [(kind, 3.0, sure) for kind, sure in (("demolished", 0.6), ("new", 0.6), ("new", 0.9))]
    record(session, flights, 1, *[(translate(SHED, 30 * n, 0), *each) for n, each in enumerate(found)])
    page = store.page(
        session, survey=None, status=None, kind=None, sort="priority", dismissed="exclude", limit=10, offset=0
    )
    assert [(row["kind"], row["confidence"]) for row in page.rows] == [
        ("new", 0.9),
        ("new", 0.6),
        ("demolished", 0.6),
    ]


def test_a_new_rank_is_no_new_version(session, flights):
    record(session, flights, 1, (SHED, "new"))
    session.execute(text("UPDATE candidates SET priority = 0.123"))
    assert only(session)["version"] == 1
    store.refresh(session)
    assert only(session)["version"] == 1
    assert only(session)["priority"] > 0.5
