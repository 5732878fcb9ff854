"""A district of one square with people, a handler and codes, for tests of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.cases import holidays
from layers.database import set_actor
from layers.incidents import actions
from layers.incidents.actions import Report, Said
from layers.incidents.model import Incident
from layers.incidents.rules import Act
from layers.people.actions import SignedIn
from layers.people.rules import Role
from layers.timezone import SHANGHAI

AT = (116.52, 31.75)
NOW = datetime(2023, 3, 1, 9, tzinfo=SHANGHAI)  # a Wednesday

GROUND = """
DELETE FROM incident_limits;
DELETE FROM codes WHERE list = 'incident_category';  -- those that come with the platform
INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES ('341502000000', '金安区', 'district', 'district',
    '2020-01-01', ST_Multi(ST_MakeEnvelope(116.48, 31.70, 116.60, 31.82, 4490)));
INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from) VALUES
    ('incident_category', '09006', '占道经营', 'trading on the road', 'GB/T 30428.2', '2013-12-31'),
    ('incident_category', '01002', '污水井盖', 'sewer manhole cover', 'GB/T 30428.2', '2013-12-31');
INSERT INTO incident_limits (category_id, count, unit, source, second_hand)
SELECT id, CASE value WHEN '09006' THEN 4 ELSE 24 END, CASE value WHEN '09006' THEN 'working_hours' ELSE 'hours' END,
    '测试', true FROM codes WHERE list = 'incident_category';
INSERT INTO organisations (code, name, kind, geom)
VALUES ('DD-01', '望城大队', 'team', ST_SetSRID(ST_MakePoint(116.52, 31.75), 4490));
"""
PERSON = """
INSERT INTO people (name, display_name, password_hash) VALUES (:name, :name, '$argon2id$x') RETURNING id
"""


@dataclass
class Desk:
    """People of every role and what an incident needs, in a transaction that is rolled back."""

    session: Session
    people: dict[Role, SignedIn]
    handler: int
    now: datetime = NOW

    def report(self, **said: Any) -> Incident:
        given = {"category": "09006", "source": "public", "lon": AT[0], "lat": AT[1]} | said
        return actions.report(self.session, self.people[Role.INSPECTOR], Report(**given), now=self.now)

    def do(self, incident: Incident, act: Act, role: Role = Role.ADMINISTRATOR, **said: Any) -> Incident:
        words = {Act.DISPATCH: {"handler_id": self.handler}, Act.FEEDBACK: {"note": "已劝离"}}.get(
            act, {}
        ) | said
        self.now += timedelta(minutes=5)
        return actions.act(
            self.session,
            self.people[role],
            incident.id,
            act,
            Said(**words),
            version=incident.version,
            now=self.now,
        )

    def to(self, act: Act) -> Incident:
        """A new incident after this act of the straight way."""
        incident = self.report()
        for each in (Act.FILE, Act.DISPATCH, Act.START, Act.FEEDBACK, Act.CLOSE, Act.EVALUATE):
            role = {Act.FEEDBACK: Role.OFFICER}.get(each, Role.ADMINISTRATOR)
            self.do(incident, each, role, **({"grade": "good"} if each is Act.EVALUATE else {}))
            if each is act:
                break
        return incident


def desk(session: Session) -> Desk:
    """The square with its people."""
    session.connection().exec_driver_sql(GROUND)
    holidays.load_shipped(session.connection())
    people = {}
    for role in set(Role) - {Role.PUBLIC}:
        number = session.scalar(text(PERSON), {"name": role.value})
        people[role] = SignedIn(int(number or 0), role.value, role.value, frozenset({role}), ())
    set_actor(session, "inspector")
    handler = session.scalar(text("SELECT id FROM organisations"))
    return Desk(session, people, int(handler or 0))
