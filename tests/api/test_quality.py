"""Quality over HTTP: figures with their terms, drawing, judging."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from layers import database
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import SignIn
from tests.layers import compared


@pytest.fixture
def pair(settings: Settings) -> None:
    """Two compared flights; four candidates, one of them rejected by the administrator."""
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.execute(text("DELETE FROM divisions"))
        _, later = compared.flights(session)
        compared.candidate(session, later, compared.square(50, 50))
        compared.candidate(session, later, compared.square(200, 200), status="accepted")
        compared.candidate(session, later, compared.square(300, 300), status="accepted", kind="demolished")
        rejected = compared.candidate(session, later, compared.square(500, 500), status="rejected")
        session.execute(
            text(
                "INSERT INTO reviews (candidate_id, verdict, reason, person_id) "
                "SELECT :id, 'reject', 'shadow', id FROM people WHERE name = 'administrator'"
            ),
            {"id": rejected},
        )


def test_figures_carry_both_terms_and_say_why_there_is_no_recall_yet(pair: None, as_role: SignIn) -> None:
    answer = as_role(Role.PLANNER).get("/api/quality").json()
    total = answer["total"]
    assert (total["precision"]["numerator"], total["precision"]["denominator"]) == (2, 3)
    assert total["precision"]["low"] < total["precision"]["value"] < total["precision"]["high"]
    assert total["recall"]["value"] is None and "样本不足" in total["recall"]["note"]["zh"]
    assert [each["name"] for each in answer["divisions"]] == ["木厂镇"]
    assert {each["key"] for each in answer["kinds"]} == {"new", "demolished"}
    assert [each["key"] for each in answer["models"]] == ["difference"]


def test_samples_are_drawn_judged_and_make_a_recall(pair: None, as_role: SignIn) -> None:
    reviewer = as_role(Role.REVIEWER)
    drawn = reviewer.post("/api/quality/samples", json={"empty": 40, "rejected": 5, "seed": 7})
    assert drawn.status_code == 201
    assert drawn.json() == {"empty": 40, "rejected": 1, "seed": 7}
    waiting = reviewer.get("/api/quality/samples").json()
    assert waiting["total"] == 41
    for each in waiting["items"]:
        answer = reviewer.post(
            f"/api/quality/samples/{each['id']}/judge",
            json={"verdict": "nothing", "version": each["version"]},
        )
        assert answer.status_code == 200 and answer.json()["verdict"] == "nothing"
    answer = reviewer.get("/api/quality").json()
    assert answer["waiting"] == 0
    recall = answer["total"]["recall"]
    assert (recall["numerator"], recall["denominator"], recall["value"]) == (2, 2, 1)
    assert recall["low"] < 0.2  # of some 290 squares a few may still hold something
    assert answer["total"]["empty"]["judged"] == 40


def test_the_seed_is_chosen_and_told(pair: None, as_role: SignIn) -> None:
    drawn = as_role(Role.ADMINISTRATOR).post("/api/quality/samples", json={"empty": 3, "rejected": 0}).json()
    assert drawn["empty"] == 3 and 0 <= drawn["seed"] < 2**31


def test_a_missed_thing_needs_number_and_kind_and_nobody_is_overwritten(pair: None, as_role: SignIn) -> None:
    reviewer, administrator = as_role(Role.REVIEWER), as_role(Role.ADMINISTRATOR)
    reviewer.post("/api/quality/samples", json={"empty": 1, "rejected": 0, "seed": 7})
    [sample] = reviewer.get("/api/quality/samples").json()["items"]
    path = f"/api/quality/samples/{sample['id']}/judge"
    assert reviewer.post(path, json={"verdict": "missed", "version": 1}).json()["code"] == "refused"
    given = {"verdict": "missed", "missed": 2, "missed_kind": "new", "version": 1}
    assert reviewer.post(path, json=given).json()["missed"] == 2
    assert administrator.post(path, json={"verdict": "nothing", "version": 1}).status_code == 409


def test_who_rejected_does_not_get_his_own_rejection_to_judge(pair: None, as_role: SignIn) -> None:
    reviewer, administrator = as_role(Role.REVIEWER), as_role(Role.ADMINISTRATOR)
    reviewer.post("/api/quality/samples", json={"empty": 0, "rejected": 1, "seed": 7})
    assert administrator.get("/api/quality/samples").json()["total"] == 0
    [sample] = reviewer.get("/api/quality/samples").json()["items"]
    assert "reviews" not in sample  # the first verdict sways nobody
    path = f"/api/quality/samples/{sample['id']}/judge"
    assert administrator.post(path, json={"verdict": "nothing", "version": 1}).json()["code"] == "refused"
    assert reviewer.post(path, json={"verdict": "missed", "version": 1}).json()["missed_kind"] == "new"


@pytest.mark.parametrize("role", [Role.CREW, Role.PLANNER, Role.INSPECTOR, Role.OFFICER])
def test_others_may_look_but_not_draw(pair: None, as_role: SignIn, role: Role) -> None:
    client = as_role(role)
    assert client.get("/api/quality").status_code == 200
    answer = client.post("/api/quality/samples", json={"empty": 1, "rejected": 0})
    assert answer.status_code == 403 and "复核人员" in answer.json()["title_zh"]


def test_strangers_see_no_quality(as_role: SignIn) -> None:
    assert as_role(None).get("/api/quality").status_code == 401


def test_a_house_without_flights_says_that_there_is_nothing_to_draw(as_role: SignIn) -> None:
    reviewer = as_role(Role.REVIEWER)
    assert reviewer.get("/api/quality").json()["total"]["precision"]["value"] is None
    answer = reviewer.post("/api/quality/samples", json={})
    assert answer.status_code == 409 and answer.json()["title_zh"].startswith("没有可以抽取的样本")
