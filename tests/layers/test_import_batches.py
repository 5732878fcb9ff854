from __future__ import annotations

import contextlib
import csv
import tracemalloc
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from layers.errors import Refused
from layers.imports import ImportRefused, UndoRefused, import_file, perform, shapes, undo, values, work
from layers.imports.faults import Unfit
from layers.imports.place import Sample
from layers.jobs import Interrupted
from layers.layer import Field, Text
from tests.layers.ground import box, clusters, file, settle
from tests.layers.ground import count as rows_of


@pytest.fixture
def ground(session):
    settle(session)
    return session


def refusal(session, path) -> ImportRefused:
    with pytest.raises(ImportRefused) as said:
        import_file(session, "stall_clusters", path, "planner")
    assert rows_of(session, "stall_clusters") == 0
    return said.value


def mixed() -> GeoDataFrame:
    """Stall clusters of which row 3 is a bow tie, 5 has a duplicate code with 6, 8 a wrong kind, 9 lies outside."""
    bow = shapely.Polygon([(116.5, 31.7), (116.501, 31.701), (116.501, 31.7), (116.5, 31.701)])
    count = 12
    places = [box(116.4 + number / 100) for number in range(count)]
    places[2], places[8] = bow, box(118.0)
    codes = [f"M{number}" for number in range(1, count + 1)]
    codes[5] = codes[4]
    kinds = ["cluster"] * count
    kinds[7] = "circus"
    frame = clusters().iloc[[0] * count].reset_index(drop=True).assign(code=codes, kind=kinds)
    return frame.set_geometry(places, crs="EPSG:4490")


WRONG = {3, 5, 6, 8, 9}


def test_batches_change_nothing_of_what_an_import_says(ground, tmp_path, monkeypatch):
    whole = refusal(ground, file(tmp_path, mixed()))
    monkeypatch.setattr(work, "BATCH", 4)
    parts = refusal(ground, file(tmp_path, mixed(), "again.gpkg"))
    assert parts.faults == whole.faults and {each.row for each in parts.faults} == WRONG
    assert (
        import_file(ground, "stall_clusters", file(tmp_path, mixed().head(2), "two.gpkg"), "a").imported == 2
    )


def test_of_a_file_with_wrong_rows_all_sound_ones_can_be_stored_and_the_others_are_named(ground, tmp_path):
    listed = tmp_path / "faults.csv"
    outcome = perform(ground, "stall_clusters", file(tmp_path, mixed()), "li", sound_rows=True, faults=listed)
    report = outcome.report
    assert (report.rows, report.imported, report.faulty) == (12, 7, 5)
    stored = ground.scalars(text("SELECT code FROM stall_clusters ORDER BY id")).all()
    assert stored == ["M1", "M2", "M4", "M7", "M10", "M11", "M12"]
    rows = list(csv.reader(listed.read_text("utf-8-sig").splitlines()))
    assert {int(each[0]) for each in rows[1:]} == WRONG and rows[0][0] == "行号 row"
    kept = text("SELECT array_agg(DISTINCT row ORDER BY row) FROM import_faults WHERE import_id = :id")
    assert ground.scalar(kept, {"id": outcome.import_id}) == sorted(WRONG)


def test_of_a_file_without_a_required_column_not_even_sound_rows_are_stored(ground, tmp_path):
    path = file(tmp_path, mixed().drop(columns="manager"))
    assert perform(ground, "stall_clusters", path, "li", sound_rows=True).import_id is None
    assert rows_of(ground, "stall_clusters") == 0


def test_a_row_that_refers_to_a_wrong_row_of_its_file_is_wrong_itself(ground, tmp_path):
    frame = GeoDataFrame(
        {"code": ["O1", "O2", "O3", "O4"], "name": ["甲", "乙", "丙", "丁"],
         "kind": ["circus", "team", "team", "team"], "parent": [None, "甲", "乙", None]},
        geometry=[shapely.Point(116.5, 31.7)] * 4, crs="EPSG:4490",
    )  # fmt: skip
    report = perform(ground, "organisations", file(tmp_path, frame), "li", sound_rows=True).report
    assert (report.imported, [each.row for each in report.faults]) == (1, [1, 2, 3])
    assert "未能导入" in report.faults[1].said.zh


def test_a_rehearsal_says_everything_and_stores_nothing(ground, tmp_path):
    frame = mixed().assign(capacity=[20] * 10 + [-1, 2**40])
    outcome = perform(ground, "stall_clusters", file(tmp_path, frame), "li", rehearse=True)
    assert {each.row for each in outcome.report.faults} == WRONG | {11, 12}
    assert rows_of(ground, "stall_clusters") == 0 and rows_of(ground, "imports") == 0
    states = {each["properties"]["row"]: each["properties"]["state"] for each in outcome.preview["features"]}
    assert {row for row, state in states.items() if state == "wrong"} == WRONG | {11, 12}
    assert {row for row, state in states.items() if state == "sound"} == set(range(1, 13)) - WRONG - {11, 12}
    first = outcome.preview["features"][0]
    assert first["properties"]["row"] == 3 and shapely.geometry.shape(first["geometry"]).area >= 0


def test_a_rehearsal_and_the_import_find_the_same(ground, tmp_path):
    path = file(tmp_path, mixed().assign(closed_on=[None] * 11 + ["2020-01-01"]))
    rehearsed = perform(ground, "stall_clusters", path, "li", rehearse=True).report
    refused = perform(ground, "stall_clusters", path, "li").report
    assert rehearsed.faults == refused.faults and rehearsed.faulty == 6


def test_repairs_are_told_by_row(ground, tmp_path):
    corners = [(0, 0), (0.001, 0), (0.001, 0.001), (0.0005, 0.002), (0.001, 0.001), (0, 0.001)]
    spike = shapely.Polygon([(116.5 + x, 31.7 + y) for x, y in corners])
    path = file(tmp_path, clusters().set_geometry([box(), spike], crs="EPSG:4490"))
    outcome = perform(ground, "stall_clusters", path, "li", rehearse=True, faults=tmp_path / "f.xlsx")
    assert (outcome.report.count, outcome.report.repaired) == (0, 1)
    (heading, line) = openpyxl.load_workbook(tmp_path / "f.xlsx").active.iter_rows(values_only=True)
    assert heading[0] == "行号 row" and line[0] == 2 and "repaired" in line[3]


def test_an_import_can_be_undone_and_the_history_tells_of_both(ground, tmp_path):
    ground.execute(
        text(
            "INSERT INTO organisations (code, name, kind, geom) SELECT 'OWN', '自有', kind, geom FROM organisations"
        )
    )
    made = perform(ground, "stall_clusters", file(tmp_path, clusters()), "li")
    other = perform(ground, "stall_clusters", file(tmp_path, clusters(code=["D1", "D2"]), "d.gpkg"), "li")
    assert undo(ground, made.import_id, "wang") == 2
    assert ground.scalars(text("SELECT code FROM stall_clusters ORDER BY code")).all() == ["D1", "D2"]
    lines = (
        "SELECT operation, actor FROM history JOIN imports ON feature_ids @> feature_id "
        "WHERE history.layer = 'stall_clusters' AND imports.id = :id ORDER BY history.id"
    )
    told = ground.execute(text(lines), {"id": made.import_id}).all()
    assert told == [("insert", "li")] * 2 + [("delete", "wang")] * 2
    with pytest.raises(Refused, match="undone already"):
        undo(ground, made.import_id, "wang")
    assert undo(ground, other.import_id, "wang") == 2


def test_an_import_is_not_undone_after_a_row_was_changed_deleted_or_referred_to(ground, tmp_path):
    made = perform(ground, "stall_clusters", file(tmp_path, mixed().head(2)), "li").import_id
    third = perform(ground, "stall_clusters", file(tmp_path, clusters(), "c.gpkg"), "li").import_id
    ground.execute(text("UPDATE stall_clusters SET capacity = 3 WHERE code = 'M1'"))
    ground.execute(text("DELETE FROM stall_clusters WHERE code = 'M2'"))
    with pytest.raises(UndoRefused) as said:
        undo(ground, made, "wang")
    assert "changed since (M1)" in said.value.message_en and "deleted since (M2)" in said.value.message_en
    stall = GeoDataFrame(
        {"code": ["S1"], "cluster": "C1", "number": [1], "goods": "food", "holder_name": "x", "hardship": "none",
         "since": "2023-01-01"},
        geometry=[shapely.Point(116.5, 31.7)], crs="EPSG:4490",
    )  # fmt: skip
    import_file(ground, "stalls", file(tmp_path, stall, "s.gpkg"), "li")
    with pytest.raises(UndoRefused, match="S1"):
        undo(ground, third, "wang")
    assert rows_of(ground, "stall_clusters") == 3


def test_rows_that_refer_to_each_other_within_an_import_do_not_hinder_its_undoing(ground, tmp_path):
    frame = GeoDataFrame(
        {"code": ["O1", "O2"], "name": ["甲", "乙"], "kind": "team", "parent": [None, "甲"]},
        geometry=[shapely.Point(116.5, 31.7)] * 2, crs="EPSG:4490",
    )  # fmt: skip
    made = perform(ground, "organisations", file(tmp_path, frame), "li")
    assert undo(ground, made.import_id, "li") == 2


def test_an_import_that_is_stopped_while_a_batch_is_copied_leaves_its_transaction_usable(
    ground, tmp_path, monkeypatch
):
    monkeypatch.setattr(work, "BATCH", 4)

    def stop(rows):
        if rows >= 8:
            raise Interrupted

    path = file(tmp_path, clusters())
    with pytest.raises(Interrupted):
        perform(ground, "stall_clusters", file(tmp_path, mixed(), "long.gpkg"), "li", tell=stop)
    assert rows_of(ground, "stall_clusters") == 0
    assert import_file(ground, "stall_clusters", path, "li").imported == 2


def test_where_a_file_lies_is_known_by_some_of_its_points_and_no_others_are_held():
    sample = Sample()
    batch = GeoDataFrame(geometry=shapely.linestrings(np.full((2_500, 8, 2), 31.5)), crs="EPSG:4490")
    tracemalloc.start()
    for _ in range(60):  # 19 MB of points
        sample.add(batch)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 20_000 < len(sample.points) <= 40_000 and held < 2e6


CELLS = st.one_of(st.none(), st.text(), st.floats(), st.integers(-(2**62), 2**62), st.booleans())


@given(st.sampled_from(["text", "integer", "number", "boolean", "date"]), st.lists(CELLS, max_size=8))
def test_a_column_is_read_as_its_cells_are(kind, cells):
    for series in typed([*cells, *cells[::-1]]):
        found, refused = values.column(Field("x", Text("某", "x"), type=kind), series)
        for at, cell in enumerate(series.tolist()):
            try:
                value = values.stored(Field("x", Text("某", "x"), type=kind), cell)
            except Unfit as unfit:
                assert refused[at] == unfit.said
            else:
                assert at not in refused
                same(found[at].as_py(), value)


def typed(cells):
    """The cells as they are, and those of one type as a column of Arrow."""
    yield pd.Series(cells, dtype=object)
    for kind, arrow in ((str, pa.string()), (float, pa.float64()), (int, pa.int64()), (bool, pa.bool_())):
        own = [each for each in cells if each is None or type(each) is kind]
        with contextlib.suppress(UnicodeEncodeError):
            yield pd.Series(pd.array(pa.array(own, arrow), dtype=pd.ArrowDtype(arrow)))


def same(written, value):
    """What is written for COPY means the value."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        assert Decimal(str(written)) == value
    else:
        assert written == (None if value is None else str(value))


SHAPES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=6).map(shapely.Polygon)

SINGLE = st.one_of(SHAPES, SHAPES.map(lambda each: each.boundary), SHAPES.map(lambda each: each.centroid))


def several(parts):
    """A multi geometry of the parts that are of one kind with the first, some of which may be empty."""
    same_kind = [each for each in parts if each.geom_type == parts[0].geom_type]
    return {
        "Polygon": shapely.MultiPolygon,
        "LineString": shapely.MultiLineString,
        "Point": shapely.MultiPoint,
    }[parts[0].geom_type](same_kind)


SEVERAL = st.lists(st.one_of(SINGLE, st.just(shapely.Polygon())), min_size=1, max_size=3).map(several)


@given(st.lists(st.one_of(SINGLE, SEVERAL, st.none()), max_size=6))
def test_geometries_are_fitted_together_as_they_are_singly(given_shapes):
    for kind in ("Point", "MultiLineString", "MultiPolygon"):
        together = shapes.fit_all(np.array([*given_shapes, None], dtype=object)[:-1], kind)
        for at, each in enumerate(given_shapes):
            try:
                alone, repaired = shapes.fitted(each, kind)
            except Unfit as unfit:
                assert together.refused[at] == unfit.said and together.shapes[at] is None
            else:
                assert (
                    shapely.equals_exact(together.shapes[at], alone) and (at in together.repaired) is repaired
                )
