from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import box

from gis.change.judge import judged
from gis.change.model import Calibration, Model
from gis.change.options import DetectOptions
from gis.change.patch import MEASURES, Patch

PIXEL = 0.4
MODEL = Model(
    Path("model.onnx"),
    "chengtu-test",
    PIXEL,
    0.5,
    0.7,
    1,
    1.0,
    {"learned": Calibration(0, {"change": 1.0}), "fused": Calibration(0, {"surface": 1.0, "shown": 2.0})},
)


def patch(sense: str, outline=None, **means: float) -> Patch:
    """A patch of 20 x 10 m whose measures have these means; ``firm`` everywhere unless said."""
    outline = outline or box(0, 0, 20, 10)
    pixels = outline.area / PIXEL**2
    means = {"firm": 1.0, "change": 0.9, "score": 0.9, "inner": 1.0, **means}
    return Patch(sense, outline, np.array([pixels, *(pixels * means.get(name, 0.0) for name in MEASURES)]))


def row_of(each: Patch, model: Model | None = MODEL, **options):
    return judged(each, pixel=PIXEL, least_m=1.8, model=model, options=DetectOptions(model=None, **options))


@pytest.mark.parametrize(
    ("before", "after", "near_m", "kind"),
    [
        (0.05, 0.9, 0.0, "new"),
        (0.05, 0.9, 12.0, "extended"),
        (0.9, 0.05, 0.0, "demolished"),
        (0.9, 0.05, 12.0, "demolished"),
        (0.8, 0.85, 0.0, "rebuilt"),
        (0.2, 0.3, 0.0, "new"),
        (0.45, 0.95, 0.0, "new"),
    ],
)
def test_what_stood_at_either_date_says_the_kind(before, after, near_m, kind):
    pixels = 200 / PIXEL**2
    near = near_m * 3 / PIXEL / pixels
    row = row_of(patch("learned", before=before, after=after, near=near))
    assert row["kind"] == kind
    assert row["method"] == "learned"


def test_a_patch_that_is_nowhere_firm_is_nothing():
    assert row_of(patch("learned", after=0.9, firm=0.0)) is None


def test_what_is_less_likely_than_asked_for_is_not_reported():
    doubtful = patch("learned", after=0.9, change=0.55)
    assert row_of(doubtful)["confidence"] == pytest.approx(0.55, abs=0.01)
    assert row_of(doubtful, least_confidence=0.6) is None


@pytest.mark.parametrize("outline", [box(0, 0, 3, 3), box(0, 0, 30, 0.8)])
def test_small_things_and_strips_are_nothing(outline):
    assert row_of(patch("learned", outline, after=0.9)) is None


def test_a_thing_that_rose_and_looks_like_a_building_is_surer_than_one_that_does_not():
    shed, lorry = (row_of(patch("gained", rise=3.5, after=shown)) for shown in (0.95, 0.05))
    assert shed["method"] == lorry["method"] == "fused"
    assert shed["confidence"] > lorry["confidence"]
    assert shed["height_change_m"] == pytest.approx(3.5)


def test_without_a_model_height_alone_judges():
    row = row_of(patch("gained", rise=3.5), model=None)
    assert row["method"] == "surface"
    assert row["kind"] == "new"


def test_a_green_rough_crown_is_no_building():
    assert row_of(patch("gained", rise=4.0, green=0.9, trees=0.9)) is None
    assert row_of(patch("gained", rise=4.0, green=0.5, rough=0.7)) is None


@pytest.mark.parametrize(("tall", "kept"), [(0.9, True), (0.1, False)])
def test_with_one_surface_model_what_lies_flat_is_no_building(tall, kept):
    seen = patch("learned", before=0.05, after=0.9, known=1.0, tall=tall, rise=3.2 * tall)
    row = judged(
        seen, pixel=PIXEL, least_m=1.8, model=MODEL, options=DetectOptions(model=None), stature="after"
    )
    assert (row is not None) is kept
    if row is not None:
        assert row["method"] == "fused"
        assert row["height_change_m"] == pytest.approx(3.2 * tall)


def test_the_earlier_surface_model_says_nothing_of_what_is_new():
    seen = patch("learned", before=0.05, after=0.9, known=1.0, tall=0.0)
    row = judged(
        seen, pixel=PIXEL, least_m=1.8, model=MODEL, options=DetectOptions(model=None), stature="before"
    )
    assert row["kind"] == "new"
    assert row["method"] == "learned"
