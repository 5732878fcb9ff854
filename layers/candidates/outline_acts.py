"""Outlines changed by a reviewer: drawn anew, merged, split, and taken back. Each act is one transaction of the caller.

A person's outline stands on the sighting of the candidate's own flight and of later ones that saw it, in place of the
detector's. So the story of a structure is told from it ever after, and the same flight run again changes nothing.
A merge keeps the candidate that was seen first and lets it stand for the others; a split keeps the part that lies on
the ground where the structure was seen first, and the other parts get rows and stories of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.crs import to_metres
from gis.outline_edits import LEAST_M2, checked, cut, merged, parsed, parted
from layers.alarms import tell as alarms
from layers.candidates import rules, store
from layers.candidates.follow import TOUCH_M, State
from layers.candidates.model import Candidate
from layers.candidates.opened import check_free, open_for
from layers.candidates.rules import Verdict
from layers.candidates.standing import standing
from layers.candidates.store import outlines
from layers.candidates.store.outlines import Telling
from layers.errors import Refused
from layers.people.actions import SignedIn

__all__ = ["merge", "redraw", "split", "take_back"]

BEYOND_M = 1.0  # an outline may reach that far beyond the footprint, whose own edge is not drawn better
MOST_MERGED, MOST_PARTS = 50, 20


def redraw(
    session: Session, person: SignedIn, candidate_id: int, outline: dict[str, Any], *, version: int
) -> None:
    """Draw the outline anew; GeoJSON in EPSG:4490, in the frame of the earlier flight like all outlines.

    Raises NotAllowed, NotFound, Held, Conflict, Refused, OutlineRefused.
    """
    outlines.lock_all_outlines(session)
    candidate = open_for(session, person, candidate_id, version)
    _check_pending(candidate)
    drawn = checked(to_metres(parsed(outline)))
    _check_inside(session, candidate, drawn)
    edit = outlines.add_edit(session, Verdict.REDRAW, candidate_id, person.id)
    outlines.add_part(session, edit, candidate_id, "kept")
    _draw_on(session, edit, candidate, drawn)
    _tell(session, edit, [candidate_id])


def merge(
    session: Session, person: SignedIn, candidate_id: int, others: Mapping[int, int], *, version: int
) -> int:
    """Make one candidate of several of one flight that overlap or adjoin; the one that is kept.

    ``others``: version by id. Raises NotAllowed, NotFound, Held, Conflict, Refused, OutlineRefused.
    """
    if not 1 <= len(set(others) - {candidate_id}) < MOST_MERGED:
        raise Refused(
            reason_zh=f"请选择 1 至 {MOST_MERGED - 1} 个要合并的其他图斑。",
            reason_en=f"Choose between 1 and {MOST_MERGED - 1} other candidates to merge with.",
        )
    outlines.lock_all_outlines(session)
    wanted = {**others, candidate_id: version}
    candidates = [open_for(session, person, number, wanted[number]) for number in sorted(wanted)]
    for each in candidates:
        _check_pending(each)
    if len({each.survey_id for each in candidates}) > 1:
        raise Refused(
            reason_zh="只能合并同一期航飞的图斑。", reason_en="Only candidates of one flight can be merged."
        )
    if len({each.kind == "demolished" for each in candidates}) > 1:
        raise Refused(
            reason_zh="拆除与新增不能合并。", reason_en="What went and what was built cannot be merged."
        )
    whole = merged([outlines.outline(session, each.id) for each in candidates], TOUCH_M)
    stories = {each.id: outlines.tellings(session, each.id) for each in candidates}
    kept = min(candidates, key=lambda each: (_first(stories[each.id]), each.id != candidate_id, each.id))
    rest = [each.id for each in candidates if each.id != kept.id]
    edit = outlines.add_edit(session, Verdict.MERGE, kept.id, person.id)
    outlines.add_part(session, edit, kept.id, "kept")
    for number in rest:
        followers = outlines.move_followers(session, number, kept.id)
        outlines.add_part(session, edit, number, "merged", followers)
    outlines.stand_in(session, rest, kept.id)
    store.release(session, rest)
    _draw_on(session, edit, kept, whole)
    _tell(session, edit, [kept.id])
    return kept.id


def split(
    session: Session,
    person: SignedIn,
    candidate_id: int,
    *,
    line: dict[str, Any] | None,
    parts: Sequence[dict[str, Any]],
    version: int,
) -> list[int]:
    """Make several candidates of one, by a line or into given parts (GeoJSON, EPSG:4490); the kept one first.

    Raises NotAllowed, NotFound, Held, Conflict, Refused, OutlineRefused.
    """
    if (line is None) == (not parts) or len(parts) > MOST_PARTS:
        raise Refused(
            reason_zh=f"请给出一条分割线，或不超过 {MOST_PARTS} 个部分。",
            reason_en=f"Give either a line that cuts, or at most {MOST_PARTS} parts.",
        )
    outlines.lock_all_outlines(session)
    candidate = open_for(session, person, candidate_id, version)
    _check_pending(candidate)
    whole = outlines.outline(session, candidate_id)
    given = [to_metres(parsed(each)) for each in (parts if line is None else [line])]
    shapes = parted(whole, given) if line is None else cut(whole, given[0])
    story = outlines.tellings(session, candidate_id)
    shapes.sort(
        key=lambda each: -each.intersection(story[0].geom).area
    )  # stable: the largest of equals first
    demolition = candidate.kind == "demolished"
    edit = outlines.add_edit(session, Verdict.SPLIT, candidate_id, person.id)
    outlines.add_part(session, edit, candidate_id, "kept")
    added = []
    for shape in shapes[1:]:
        number = outlines.copy_candidate(session, candidate_id, _own_story(story, shape, demolition))
        outlines.add_part(session, edit, number, "added")
        added.append(number)
    mine = _own_story(story, shapes[0], demolition)
    outlines.draw(session, edit, {number: each for number, each in mine.items() if each is not None})
    _tell(session, edit, [candidate_id, *added])
    return [candidate_id, *added]


def take_back(session: Session, person: SignedIn, edit_id: int) -> None:
    """Undo a change of outlines for all that had a part in it; the caller has asked whether the person may.

    Raises Held, Refused.
    """
    edit = outlines.edit(session, edit_id)
    ids = [each.candidate_id for each in edit.parts]
    check_free(session, person, ids)
    lines = {}
    for number in sorted(ids):
        store.lock(session, number)
        last = standing(store.acts_of(session, number))[-1]
        if last.edit_id != edit_id:
            raise Refused(
                reason_zh="其中有图斑之后又被复核或修改，请先撤销那些操作。",
                reason_en="One of the candidates was judged or changed since; undo that first.",
            )
        lines[number] = last.id
    if outlines.spoken_since(session, edit_id):
        raise Refused(
            reason_zh="之后的航飞已沿用该轮廓，不能再撤销；可以重新勾绘。",
            reason_en="A flight has been told with these outlines since; draw them anew instead.",
        )
    outlines.undraw(session, edit_id)
    kept = edit.parts[0].candidate_id
    outlines.bring_back(session, [each.candidate_id for each in edit.parts if each.part == "merged"])
    outlines.stand_in(session, [each.candidate_id for each in edit.parts if each.part == "added"], kept)
    for each in edit.parts:
        if each.followers:
            outlines.move_followers(session, kept, each.candidate_id, each.followers)
        store.add_review(
            session,
            each.candidate_id,
            verdict=Verdict.UNDO,
            reason=None,
            note=None,
            person_id=person.id,
            undoes=lines[each.candidate_id],
        )
    _retell(session, [each.candidate_id for each in edit.parts if each.part != "added"])


def _check_pending(candidate: Candidate) -> None:
    if candidate.status != rules.Status.PENDING:
        raise Refused(
            reason_zh=f"{candidate.code} 已有结论或已并入其他图斑，请先撤销再修改轮廓。",
            reason_en=f"{candidate.code} has been judged or merged; undo that before its outline is changed.",
        )


def _check_inside(session: Session, candidate: Candidate, drawn: MultiPolygon) -> None:
    ground = outlines.footprint(session, candidate.survey_id)
    outside = 0.0 if ground is None else drawn.difference(ground.buffer(BEYOND_M)).area
    if outside > 0:
        raise Refused(
            reason_zh=f"轮廓有 {outside:.1f} m² 在该期航飞范围之外。",
            reason_en=f"{outside:.1f} m² of the outline lie outside the flight's footprint.",
        )


def _draw_on(session: Session, edit: int, candidate: Candidate, drawn: BaseGeometry) -> None:
    demolition = candidate.kind == "demolished"
    story = outlines.tellings(session, candidate.id)
    outlines.draw(
        session,
        edit,
        {each.id: drawn for each in story if each.survey_id == candidate.survey_id
         or (each.later and not each.silent and _stands(each, demolition))},
    )  # fmt: skip


def _own_story(
    story: Sequence[Telling], part: BaseGeometry, demolition: bool
) -> dict[int, BaseGeometry | None]:
    """Which sightings of a structure are also of this part of it, and how the part stood on each.

    None where nothing is drawn: silence, and that all of it went.
    """
    own: dict[int, BaseGeometry | None] = {}
    for each in story:
        if each.silent or not _stands(each, demolition):
            if own:
                own[each.id] = None
            continue
        shape = part if each.later else _areas(each.geom.intersection(part))
        if shape.area >= LEAST_M2:
            own[each.id] = shape
    return own


def _areas(geometry: BaseGeometry) -> BaseGeometry:
    """Without the lines and points that an intersection may leave."""
    return shapely.union_all([each for each in shapely.get_parts(geometry) if each.area > 0])


def _stands(telling: Telling, demolition: bool) -> bool:
    return demolition or telling.state != State.GONE


def _first(story: Sequence[Telling]) -> tuple[Any, int]:
    return story[0].flown_on, story[0].survey_id


def _tell(session: Session, edit: int, candidate_ids: list[int]) -> None:
    outlines.seal(session, edit)
    _retell(session, candidate_ids)


def _retell(session: Session, candidate_ids: list[int]) -> None:
    """The rows, their places and their ranks after their stories."""
    session.expire_all()
    store.retell(session, candidate_ids)
    store.place_named(session, candidate_ids)
    store.refresh(session, candidate_ids)
    for each in candidate_ids:
        store.refresh_around(session, each)
    alarms.after_verdict(session, candidate_ids)
