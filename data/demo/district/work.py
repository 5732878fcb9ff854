"""Rows of the daily work of the first half of 2023: incidents, requests, patrols, checks, bulletins."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
from shapely import Point

from data.demo.district.names import person, phone, pick
from data.demo.district.places import Places
from data.demo.district.streets import Spot, Streets
from data.demo.district.tables import Tables

__all__ = [
    "ACCEPTED",
    "BULLETINS",
    "CYLINDERS",
    "GAS_CHECKS",
    "GAS_HAZARDS",
    "HANDLED",
    "RECTIFIED",
    "REQUESTS",
    "build",
]

FIRST, LAST = date(2023, 1, 1), date(2023, 6, 30)
DAYS = (LAST - FIRST).days + 1
CHINA = timezone(timedelta(hours=8))
ACCEPTED, HANDLED = 13_271, 13_263
REQUESTS = {"petition": (43, 42), "hotline": (1_461, 1_434)}  # accepted, closed
GAS_CHECKS, CYLINDERS, GAS_HAZARDS = 121, 36, 12
RECTIFIED, OPEN_PROBLEMS = 800, 7
BULLETINS = 10

# code of GB/T 30428.2, share, what the inspector writes
_CATEGORIES = (
    ("09006", 0.30, "占道经营"),
    ("09005", 0.24, "店外经营"),
    ("09001", 0.16, "无照经营游商"),
    ("09002", 0.09, "早（夜）市管理问题"),
    ("06001", 0.06, "私搭乱建"),
    ("08016", 0.02, "无证建设"),
    ("01002", 0.09, "污水井盖破损"),
    ("01073", 0.03, "雨污水排放口异常"),
    ("01072", 0.01, "排水泵站异常"),
)


def build(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    """All of it. ``category`` of an incident is the code's value; the loader turns it into a key."""
    _incidents(tables, streets, places, rng)
    _requests(tables, places, rng)
    _patrols(tables, places, rng)
    _gas_checks(tables, streets, places, rng)
    _problems(tables, places, rng)
    _bulletins(tables)


def _incidents(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    minutes = np.sort(rng.integers(0, DAYS * 720, ACCEPTED))
    shares = np.array([share for _, share, _ in _CATEGORIES])
    kinds = rng.choice(len(_CATEGORIES), size=ACCEPTED, p=shares / shares.sum())
    spots = streets.spots(ACCEPTED, (2.0, 16.0), rng)
    for number in range(ACCEPTED):
        _incident(tables, places, number, int(minutes[number]), int(kinds[number]), spots[number], rng)


def _incident(
    tables: Tables,
    places: Places,
    number: int,
    minute: int,
    kind: int,
    spot: Spot,
    rng: np.random.Generator,
) -> None:
    category, _, words = _CATEGORIES[kind]
    day, within = divmod(minute, 720)
    at = datetime(2023, 1, 1, 7, tzinfo=CHINA) + timedelta(days=day, minutes=within)
    end = datetime(2023, 6, 30, 23, 50, tzinfo=CHINA)
    handled = min(at + timedelta(minutes=int(rng.integers(20, 2_600))), end) if number < HANDLED else None
    tables.add(
        "incidents",
        code=f"SJ-2023-{number + 1:05d}",
        platform_code=f"PT-2023-{number + 1:05d}",
        kind="component" if category.startswith("01") else "event",
        category=category,
        source=pick(rng, ("inspector", "inspector", "inspector", "public", "video", "hotline")),
        status="dispatched" if handled is None else "closed",
        description=words,
        address=spot.seat.name,
        accepted_at=at,
        filed_at=at + timedelta(minutes=5),
        dispatched_at=at + timedelta(minutes=10),
        due_at=at + timedelta(hours=48),
        handled_at=handled,
        closed_at=None if handled is None else handled + timedelta(minutes=9),
        handler_id=tables["grids"][spot.grid]["manager_id"],
        division_id=places.division[f"{spot.seat.code}000"],
        grid_id=spot.grid + 1,
        geom=Point(spot.at),
    )


def _requests(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    subjects = (
        "油烟扰民",
        "占道经营",
        "违法建设",
        "渣土遗撒",
        "噪声扰民",
        "路面积水",
        "垃圾清运",
        "共享单车乱停",
    )
    for kind, (accepted, closed) in REQUESTS.items():
        letter = "XF" if kind == "petition" else "RX"
        for number in range(1, accepted + 1):
            seat = places.seats[int(rng.integers(len(places.seats)))]
            day = FIRST + timedelta(days=int(rng.integers(0, DAYS - 16)))
            tables.add(
                "service_requests",
                code=f"{letter}-2023-{number:04d}",
                kind=kind,
                subject=pick(rng, subjects),
                petitioner=person(rng),
                phone=phone(rng),
                accepted_on=day,
                closed_on=day + timedelta(days=int(rng.integers(1, 15))) if number <= closed else None,
                division_id=places.division[f"{seat.code}000"],
            )


def _patrols(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    """Towns and townships every day; streets and the zone, where the teams stand anyway, on working days."""
    for offset in range(DAYS):
        day = FIRST + timedelta(days=offset)
        for seat in places.seats:
            if not seat.urban or day.isoweekday() <= 5:
                _patrol(tables, places, seat.code, day, "day", rng)
            if rng.random() < 0.08:
                _patrol(tables, places, seat.code, day, "night", rng)


def _patrol(
    tables: Tables, places: Places, code: str, day: date, shift: str, rng: np.random.Generator
) -> None:
    tables.add(
        "patrols",
        division_id=places.division[f"{code}000"],
        organisation_id=places.team[code],
        patrolled_on=day,
        shift=shift,
        findings=int(rng.poisson(0.8)),
    )


def _gas_checks(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    seized = np.bincount(rng.integers(0, GAS_CHECKS, CYLINDERS), minlength=GAS_CHECKS)
    hazards = np.bincount(rng.integers(0, GAS_CHECKS, GAS_HAZARDS), minlength=GAS_CHECKS)
    for number, spot in enumerate(streets.spots(GAS_CHECKS, (10.0, 20.0), rng)):
        tables.add(
            "gas_checks",
            code=f"RQ-2023-{number + 1:03d}",
            place=f"{spot.seat.short}{pick(rng, ('餐饮街', '农贸市场', '学校食堂', '夜市', '商业综合体'))}",
            checked_on=FIRST + timedelta(days=int(rng.integers(0, DAYS))),
            cylinders_seized=int(seized[number]),
            hazards_found=int(hazards[number]),
            hazards_rectified=int(hazards[number]),
            division_id=places.division[f"{spot.seat.code}000"],
            geom=Point(spot.at),
        )


def _problems(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    kinds = {"appearance": "出店占道", "sanitation": "保洁不到位", "facilities": "设施破损", "spoil": "渣土遗撒",
             "building": "疑似违建"}  # fmt: skip
    for number in range(1, RECTIFIED + OPEN_PROBLEMS + 1):
        kind = pick(rng, tuple(kinds))
        seat = places.seats[int(rng.integers(len(places.seats)))]
        found = FIRST + timedelta(days=int(rng.integers(0, DAYS - 12)))
        tables.add(
            "supervision_problems",
            code=f"DC-2023-{number:03d}",
            kind=kind,
            description=f"{seat.short}：{kinds[kind]}",
            found_on=found,
            rectified_on=found + timedelta(days=int(rng.integers(1, 11))) if number <= RECTIFIED else None,
            division_id=places.division[f"{seat.code}000"],
        )


def _bulletins(tables: Tables) -> None:
    for number in range(1, BULLETINS + 1):
        start = FIRST + timedelta(days=18 * (number - 1))
        tables.add(
            "bulletins",
            code=f"ZB-2023-{number:02d}",
            kind="supervision",
            status="published",
            year=2023,
            number=number,
            title=f"城市管理督查通报（2023年第{number}期）",
            period_from=start,
            period_to=start + timedelta(days=17),
            issued_on=min(start + timedelta(days=18), LAST),
        )
