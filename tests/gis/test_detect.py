from __future__ import annotations

import math
from pathlib import Path

import cv2
import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.features import rasterize
from shapely.geometry import Polygon

from gis.align import Alignment, AlignmentLost, NoOverlap
from gis.change import DetectOptions, detect, detect_files
from gis.score import counts, figures
from tests import scenes
from tests.scenes import Place

REAL = Path(__file__).resolve().parents[3] / "shared" / "imagery" / "real"
STILL = Alignment(0, 0, 0, 0, 1, reliable=True)
PLAIN = DetectOptions(model=None)
"""Painted scenes have nothing that a model taught on photographs could know."""


def found_in(folder, scene, *, surfaces=True, options=None, alignment=STILL) -> gpd.GeoDataFrame:
    before, after, before_dsm, after_dsm = scenes.write_scene(scene, folder)
    heights = {"before_dsm": before_dsm, "after_dsm": after_dsm} if surfaces else {}
    return detect(before, after, alignment=alignment, options=options or PLAIN, **heights)


def overlap(one: Polygon, other: Polygon) -> float:
    return one.intersection(other).area / one.union(other).area


def test_a_new_shed_is_found_with_its_outline_and_height(tmp_path):
    scene = scenes.scene_with_shed()
    found = found_in(tmp_path, scene)
    assert list(found.kind) == ["new"]
    assert overlap(found.geometry[0], scene.truth[0]) > 0.85
    assert found.height_change_m[0] == pytest.approx(3.5, abs=0.3)
    assert found.confidence[0] > 0.7


def test_nothing_built_means_nothing_found(tmp_path):
    assert len(found_in(tmp_path, scenes.flat_scene())) == 0


def test_a_tarpaulin_of_the_same_colour_is_not_reported(tmp_path):
    assert len(found_in(tmp_path, scenes.scene_with_shed(height_m=0.0))) == 0


def test_a_car_is_too_low_to_be_reported(tmp_path):
    car = scenes.scene_with_shed(height_m=1.5, rows=slice(100, 110), cols=slice(100, 124))
    assert len(found_in(tmp_path, car)) == 0


def test_a_shed_pulled_down_is_demolished(tmp_path):
    scene = scenes.scene_with_shed()
    turned = scenes.Scene(
        scene.place, scene.after, scene.before, scene.after_dsm, scene.before_dsm, scene.truth
    )
    found = found_in(tmp_path, turned)
    assert list(found.kind) == ["demolished"]
    assert found.height_change_m[0] < -3


def with_old_house(scene: scenes.Scene, rows: slice, cols: slice, height_m: float = 6.0) -> scenes.Scene:
    for pixels, heights in ((scene.before, scene.before_dsm), (scene.after, scene.after_dsm)):
        pixels[rows, cols] = (150, 140, 135)
        heights[rows, cols] = np.maximum(heights[rows, cols], scenes.GROUND_M + height_m)
    return scene


def test_a_shed_against_a_house_is_an_extension(tmp_path):
    scene = with_old_house(scenes.scene_with_shed(), slice(90, 170), slice(40, 90))
    assert list(found_in(tmp_path, scene).kind) == ["extended"]


def test_a_storey_on_a_roof_is_an_extension(tmp_path):
    scene = with_old_house(scenes.flat_scene(), slice(60, 160), slice(60, 160))
    scene.after_dsm[80:120, 80:130] += 3
    assert list(found_in(tmp_path, scene).kind) == ["extended"]


def test_a_bias_and_tilt_between_surfaces_is_removed(tmp_path):
    scene = scenes.scene_with_shed()
    scene.after_dsm[:] += 13.7 + np.linspace(0, 3, 256, dtype=np.float32)[None, :]
    found = found_in(tmp_path, scene)
    assert list(found.kind) == ["new"]
    assert found.height_change_m[0] == pytest.approx(3.5, abs=0.4)


def test_the_measured_shift_is_applied(tmp_path):
    scene = scenes.scene_with_shed(512, shift_px=(9, 6), rows=slice(200, 250), cols=slice(200, 280))
    found = found_in(tmp_path, scene, alignment=Alignment(1.8, -1.2, 0, 0, 1, reliable=True))
    assert overlap(found.geometry[0], scene.truth[0]) > 0.85


def test_a_shift_that_is_not_reliable_is_not_applied(tmp_path):
    scene = scenes.scene_with_shed()
    found = found_in(tmp_path, scene, alignment=Alignment(8, 8, 9, 0, 0, reliable=False))
    assert overlap(found.geometry[0], scene.truth[0]) > 0.85


def test_a_building_across_windows_is_one_polygon(tmp_path):
    scene = scenes.scene_with_shed()
    found = found_in(tmp_path, scene, options=DetectOptions(model=None, window_px=64, margin_m=8))
    assert list(found.kind) == ["new"]
    assert overlap(found.geometry[0], scene.truth[0]) > 0.85


def test_the_smallest_area_is_an_option(tmp_path):
    scene = scenes.scene_with_shed()
    assert len(found_in(tmp_path, scene, options=DetectOptions(model=None, min_area_m2=1000))) == 0


def test_without_surfaces_and_model_only_the_labelled_difference_is_left(tmp_path):
    scene = scenes.scene_with_shed()
    found = found_in(tmp_path, scene, surfaces=False)
    assert set(found.kind) == {"changed"}
    assert set(found.method) == {"difference"}
    assert found.confidence.max() <= 0.5
    assert found.height_change_m.isna().all()
    assert found.geometry.union_all().intersects(scene.truth[0])


def test_another_size_crs_and_pixel_size_are_compared(tmp_path):
    scene = scenes.scene_with_shed()
    before, after, before_dsm, after_dsm = scenes.write_scene(scene, tmp_path)
    with rasterio.open(after) as dataset:
        small = cv2.resize(np.moveaxis(dataset.read(), 0, -1), (160, 160), interpolation=cv2.INTER_AREA)
    after = scenes.write_ortho(tmp_path / "small.tif", small, Place(gsd=0.32))
    found = detect(before, after, before_dsm=before_dsm, after_dsm=after_dsm, alignment=STILL, options=PLAIN)
    assert overlap(found.geometry[0], scene.truth[0]) > 0.8


def test_no_shared_ground_is_said(tmp_path):
    one = scenes.write_ortho(tmp_path / "a.tif")
    other = scenes.write_ortho(tmp_path / "b.tif", place=Place(origin=(470_000.0, 3_516_000.0)))
    with pytest.raises(NoOverlap):
        detect(one, other)


def test_a_rendered_pair_is_seen_through(tmp_path):
    files = scenes.write_tiny_pair(tmp_path)
    result = detect_files(
        files.before_ortho, files.after_ortho, before_dsm=files.before_dsm, after_dsm=files.after_dsm
    )
    truth = gpd.read_file(files.truth).to_crs(4548)
    hits = [any(overlap(real, guess) >= 0.3 for guess in result.found.geometry) for real in truth.geometry]
    assert np.mean(hits) >= 0.7


@pytest.mark.skipif(not REAL.exists(), reason="the real photographs (shared/imagery/real) are not here")
def test_a_real_pair_gives_sane_polygons_and_every_figure():
    result = detect_files(REAL / "before.tif", REAL / "after.tif")
    assert result.found.geometry.is_valid.all()
    assert (result.found.geom_type == "Polygon").all()
    assert result.found.crs.to_epsg() == 4548
    assert result.found.confidence.between(0, 1).all()
    assert (result.found.area_m2 >= 10).all()
    with rasterio.open(REAL / "before.tif") as dataset:
        shape, transform = dataset.shape, dataset.transform
    truth = gpd.read_file(REAL / "truth_epsg4548.geojson")
    label = rasterize(truth.geometry, out_shape=shape, transform=transform) > 0
    measured = figures(counts(list(result.found.geometry), label, transform))
    assert all(value is not None for value in measured.values())


def test_lost_pictures_are_compared_only_by_force(tmp_path):
    one = scenes.write_ortho(tmp_path / "a.tif", scenes.ground(640))
    other = scenes.write_ortho(tmp_path / "b.tif", scenes.ground(640, seed=77))
    with pytest.raises(AlignmentLost, match=r"b\.tif.*a\.tif"):
        detect_files(one, other)
    assert detect_files(one, other, force=True).alignment.grade == "lost"


def test_a_loose_alignment_lets_edges_move_further(tmp_path):
    scene = with_old_house(scenes.flat_scene(), slice(60, 160), slice(60, 160))
    scene.after_dsm[60:160, 160:176] += 6  # 3.2 m wider: built, or an edge that lies off
    assert len(found_in(tmp_path, scene)) == 1
    loose = Alignment(0, 0, math.nan, 0, 0, reliable=False, tolerance_m=3.5)
    assert len(found_in(tmp_path, scene, alignment=loose)) == 0


def test_a_turned_survey_is_compared_where_it_belongs(tmp_path):
    scene = scenes.scene_with_shed(512, rows=slice(60, 110), cols=slice(390, 470))
    before, after, before_dsm, after_dsm = scenes.write_scene(scene, tmp_path)
    middle = scenes.DISTRICT.origin[0] + 51.2, scenes.DISTRICT.origin[1] - 51.2
    turn = Affine.translation(*middle) @ Affine.rotation(2.0) @ Affine.translation(-middle[0], -middle[1])
    for path in (after, after_dsm):
        with rasterio.open(path, "r+") as dataset:
            dataset.transform = turn @ dataset.transform
    askew = Alignment(0, 0, 0, 2.0, 1, reliable=True, centre=middle)
    found = detect(before, after, before_dsm=before_dsm, after_dsm=after_dsm, alignment=askew, options=PLAIN)
    assert list(found.kind) == ["new"]
    assert overlap(found.geometry[0], scene.truth[0]) > 0.8
