from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from layers import cells
from layers.catalogue import LAYERS, layer
from layers.database import engine
from tests.layers.ground import settle

COUNTED = """
SELECT zoom, tile_x, tile_y, cell, sum(features), sum(ids), sum(x_cm), sum(y_cm) FROM tile_cells
WHERE layer = 'compounds' GROUP BY 1, 2, 3, 4
HAVING sum(features) <> 0 OR sum(ids) <> 0 OR sum(x_cm) <> 0 OR sum(y_cm) <> 0 ORDER BY 1, 2, 3, 4
"""
ADD = """
INSERT INTO compounds (code, name, households, division_id, geom)
SELECT 'XQ-' || n, 'x', 1, (SELECT min(id) FROM divisions),
       ST_Multi(ST_MakeEnvelope(x, y, x + wide / 94600.0, y + wide / 110900.0, 4490))
FROM unnest(:numbers, :xs, :ys, :wides) AS given (n, x, y, wide)
"""
MOVE = "UPDATE compounds SET geom = ST_Translate(geom, :by, 0), households = households + 1 WHERE code = ANY(:codes)"

places = st.tuples(st.floats(116.4, 116.6), st.floats(31.6, 31.8), st.floats(1, 9_000))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(places, min_size=1, max_size=6)),
        st.tuples(
            st.just("move"),
            st.tuples(st.lists(st.integers(0, 12), max_size=4), st.sampled_from([0.0, 1e-7, 0.01])),
        ),
        st.tuples(st.just("drop"), st.lists(st.integers(0, 12), max_size=4)),
    ),
    min_size=1,
    max_size=6,
)


def told(session):
    return [tuple(int(each) for each in row) for row in session.execute(text(COUNTED))]


def add(session, first, given_places):
    columns = list(zip(*given_places, strict=True))
    numbers = list(range(first, first + len(given_places)))
    values = {"numbers": numbers, "xs": list(columns[0]), "ys": list(columns[1]), "wides": list(columns[2])}
    session.execute(text(ADD), values)


@given(acts)
@settings(max_examples=40)
def test_whatever_happens_to_a_layer_its_cells_tell_what_counting_anew_tells(database_url, acts):
    with engine(database_url).connect() as session:
        undo = session.begin()
        settle(session)
        made = 0
        for verb, what in acts:
            if verb == "add":
                add(session, made, what)
                made += len(what)
            elif verb == "move":
                session.execute(text(MOVE), {"codes": [f"XQ-{each}" for each in what[0]], "by": what[1]})
            else:
                session.execute(
                    text("DELETE FROM compounds WHERE code = ANY(:codes)"),
                    {"codes": [f"XQ-{n}" for n in what]},
                )
        kept = told(session)
        session.execute(text("SELECT refill_tile_cells('compounds', 8, 13)"))
        assert kept == told(session)
        undo.rollback()


def test_what_is_drawn_as_itself_is_in_no_cell(session):
    settle(session)
    add(session, 0, [(116.5, 31.7, 10.0), (116.51, 31.7, 700.0), (116.4, 31.6, 30_000.0)])
    zooms = [
        sum(row[4] for row in told(session) if row[0] == zoom) for zoom in range(8, 14)
    ]  # 700 m are 822 m of Web Mercator: four pixels from zoom 10 on
    assert zooms == [2, 2, 1, 1, 1, 1]


def test_a_single_feature_in_a_cell_is_known_by_its_id(session):
    settle(session)
    add(session, 7, [(116.5, 31.7, 10.0)])
    (number,) = session.scalars(text("SELECT id FROM compounds"))
    assert {(row[4], row[5]) for row in told(session)} == {(1, number)}


def test_two_who_change_the_same_cell_do_not_wait_for_one_another(own_database_url):
    own = engine(own_database_url)
    with own.begin() as session:
        settle(session)
        add(session, 0, [(116.5, 31.7, 10.0)])
    with own.begin() as first:
        add(first, 1, [(116.5, 31.7, 10.0)])

        def second():
            with own.begin() as other:
                other.execute(text("SET LOCAL statement_timeout = '5s'"))
                add(other, 2, [(116.5, 31.7, 10.0)])

        beside = threading.Thread(target=second)
        beside.start()
        beside.join(10)
        assert not beside.is_alive()
    with own.connect() as session:
        assert {row[4] for row in told(session)} == {3}
        lines = session.scalar(text("SELECT count(*) FROM tile_cells"))
        assert lines == 2 * 6  # the second left the first's lines alone
    with own.begin() as session:
        add(session, 3, [(116.5, 31.7, 10.0)])
    with own.connect() as session:
        assert session.scalar(text("SELECT count(*) FROM tile_cells")) == 6  # the next took all in
        assert {row[4] for row in told(session)} == {4}


def test_a_layer_is_counted_anew_only_when_its_zooms_change(session):
    kept = session.connection()
    settle(session)
    add(session, 0, [(116.5, 31.7, 10.0)])
    session.execute(text("DELETE FROM tile_cells"))
    cells.keep(kept, layer("compounds"))
    assert told(session) == []
    session.execute(text("DROP TRIGGER count_insert ON compounds"))
    cells.keep(kept, layer("compounds"))
    assert len(told(session)) == 6


@pytest.mark.parametrize("each", [each for each in LAYERS if each.clustered_below], ids=lambda each: each.id)
def test_clustered_layers_fit_the_index_of_large_shapes_and_are_named_later(each):
    assert each.min_zoom < each.clustered_below <= 14
    assert each.label_zoom >= each.clustered_below
    assert each.geometry == "Point" or each.points_below >= each.clustered_below
