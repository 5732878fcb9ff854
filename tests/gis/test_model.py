from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.change.model import SHIPPED, Calibration, Model, ModelUnreadable, _turned, _turned_back


def test_the_shipped_model_is_small_and_knows_its_facts():
    model = Model.read()
    assert sum(each.stat().st_size for each in SHIPPED.parent.glob("*.onnx")) <= 8_000_000
    assert model.version.startswith("chengtu-")
    assert 0.2 <= model.pixel_m <= 0.6
    assert 0 < model.threshold <= model.firm < 1
    assert {"learned", "fused"} <= set(model.calibrations)


@pytest.mark.parametrize("shape", [(64, 64), (50, 97), (20, 20)])
def test_chances_have_the_shape_of_the_pictures_and_lie_between_0_and_1(shape):
    rng = np.random.default_rng(1)
    before, after = (rng.integers(0, 255, (3, *shape), dtype=np.uint8) for _ in range(2))
    seen = Model.read().chances(before, after)
    for plane in (seen.change, seen.before, seen.after):
        assert plane.shape == shape
        assert plane.dtype == np.float32
        assert plane.min() >= 0 and plane.max() <= 1


def test_swapping_the_dates_swaps_the_buildings_and_keeps_the_change():
    rng = np.random.default_rng(2)
    before, after = (rng.integers(0, 255, (3, 96, 96), dtype=np.uint8) for _ in range(2))
    one, other = Model.read().chances(before, after), Model.read().chances(after, before)
    np.testing.assert_allclose(one.change, other.change, atol=1e-3)
    np.testing.assert_allclose(one.before, other.after, atol=1e-3)


def test_the_far_look_counts_alone_only_where_it_sees_something_broad():
    rng = np.random.default_rng(3)
    before, after = (rng.integers(0, 255, (3, 160, 150), dtype=np.uint8) for _ in range(2))
    shipped = Model.read()
    near, both = (replace(shipped, far=each).chances(before, after) for each in (1.0, 2.0))
    assert both.change.shape == near.change.shape
    assert (both.change >= 0.75 * near.change - 1e-6).all()
    assert both.change.max() <= 1


@given(st.integers(0, 7), st.integers(1, 9), st.integers(1, 9))
def test_every_look_is_turned_back_to_where_it_came_from(number, height, width):
    planes = np.arange(3 * height * width).reshape(3, height, width)
    np.testing.assert_array_equal(_turned_back(_turned(planes, number), number), planes)


def test_the_eight_looks_differ():
    picture = np.arange(3 * 16).reshape(3, 4, 4)
    assert len({_turned(picture, number).tobytes() for number in range(8)}) == 8


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "change.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelUnreadable, match=r"change\.onnx"):
        Model.read(path)
    with pytest.raises(ModelUnreadable):
        Model.read(tmp_path / "missing.onnx")


@given(st.floats(-50, 50), st.floats(0, 5), st.floats(-100, 100))
def test_a_calibrated_chance_is_a_chance_and_grows_with_its_evidence(bias, slope, measure):
    curve = Calibration(bias, {"change": slope})
    chance = curve.chance(change=measure, unused=3.0)
    assert 0 <= chance <= curve.chance(change=measure + 1) <= 1


def test_pictures_no_finer_than_its_own_pixel_are_looked_at_four_ways():
    model = Model.read()
    assert model.at(0.2) == model
    assert model.at(model.pixel_m).passes == model.at(0.5).passes == 4


def test_coarse_pictures_are_shown_to_the_coarse_model_which_works_on_the_same_pixel():
    model = Model.read()
    coarse = model.at(0.5)
    assert model.coarse is not None and coarse.path == model.coarse
    assert coarse.version != model.version
    assert coarse.pixel_m == model.pixel_m
    assert coarse.at(0.5) == coarse


def test_what_a_model_answers_from_includes_its_coarse_one():
    model = Model.read()
    assert model.fingerprint() != replace(model, coarse=None).fingerprint()


def test_a_model_elsewhere_finds_the_shipped_coarse_one_and_prefers_its_own(tmp_path):
    copy = tmp_path / "taught.onnx"
    copy.write_bytes(SHIPPED.read_bytes())
    assert Model.read(copy).coarse == Model.read().coarse
    own = tmp_path / Model.read().coarse.name
    own.write_bytes(Model.read().coarse.read_bytes())
    assert Model.read(copy).at(0.5).path == own
