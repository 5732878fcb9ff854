from __future__ import annotations

import time

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import box

from gis import refused
from gis.cog import check
from tests import scenes
from tests.scenes import Place

AREA = box(116.2, 31.2, 117.0, 32.1)
LIMIT = 4_000_000_000


def judged(path, kind="ortho", area=AREA, limit=LIMIT):
    return check(path, kind=kind, area=area, max_pixels=limit)


def write(path, bands, *, place=scenes.DISTRICT, **options):
    count, height, width = bands.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=bands.dtype,
        crs=place.crs, transform=options.pop("transform", place.transform), **options,
    ) as target:  # fmt: skip
        target.write(bands)
        target.update_tags(**options.pop("tags", {}))
    return path


@pytest.fixture
def tif(tmp_path):
    return tmp_path / "航飞.tif"


def test_a_good_orthophoto_is_described(tif):
    facts = judged(scenes.write_ortho(tif))
    assert (facts.bands, facts.crs, facts.rotated) == (3, "EPSG:4548", False)
    assert facts.pixel_m == pytest.approx(0.2, rel=1e-3)


def test_a_good_surface_model_is_described(tif):
    assert judged(scenes.write_dsm(tif), kind="dsm").nodata == -9999


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (scenes.not_a_raster, refused.RasterUnreadable),
        (scenes.empty, refused.RasterUnreadable),
        (scenes.without_place, refused.RasterUnreadable),
        (scenes.without_crs, refused.RasterNoCrs),
        (scenes.with_swapped_axes, refused.RasterSwapped),
        (scenes.in_other_zone, refused.RasterZone),
        (scenes.outside_district, refused.RasterOutside),
        (scenes.with_bands, refused.RasterBands),
        (scenes.with_pixel_size, refused.RasterPixelSize),
        (scenes.bomb, refused.RasterTooLarge),
        (scenes.truncated, refused.RasterTruncated),
    ],
)
def test_a_bad_file_is_refused_by_its_own_error(tif, make, error):
    make(tif)
    with pytest.raises(error) as caught:
        judged(tif)
    assert "航飞.tif" in caught.value.message_zh
    assert "航飞.tif" in caught.value.message_en


def test_an_easting_with_a_zone_number_is_recognised(tif):
    scenes.write_ortho(tif, place=Place(origin=(39_456_000.0, 3_516_000.0)))
    with pytest.raises(refused.RasterZonePrefix, match="EPSG:4527"):
        judged(tif)


def test_a_file_without_crs_is_told_which_one_would_fit(tif):
    scenes.without_crs(tif)
    with pytest.raises(refused.RasterNoCrs, match="EPSG:4548"):
        judged(tif)


def test_the_sentence_about_another_place_says_where_it_lies(tif):
    scenes.outside_district(tif)
    with pytest.raises(refused.RasterOutside, match=r"117\.\d+° E, 31\.\d+° N"):
        judged(tif)


def test_a_raster_in_degrees_is_welcome(tif):
    assert judged(scenes.in_degrees(tif)).crs == "EPSG:4490"


def test_degrees_under_a_crs_of_metres_are_recognised(tif):
    scenes.write_ortho(tif, place=Place(origin=(116.5355, 31.7655), gsd=2e-6))
    with pytest.raises(refused.RasterDegrees):
        judged(tif)


def test_a_rotated_raster_is_accepted_and_said_to_be_rotated(tif):
    facts = judged(scenes.rotated(tif))
    assert facts.rotated
    assert facts.pixel_m == pytest.approx(0.2, rel=0.01)


def test_a_raster_that_calls_itself_gcj02_is_refused(tif):
    write(tif, np.ones((3, 64, 64), np.uint8), tags={})
    with rasterio.open(tif, "r+") as dataset:
        dataset.update_tags(COORDS="GCJ-02")
    with pytest.raises(refused.RasterShifted):
        judged(tif)


def test_a_tiny_file_that_declares_gigapixels_is_refused_below_the_limit_too(tif):
    scenes.bomb(tif, side_px=60_000)
    with pytest.raises(refused.RasterBomb):
        judged(tif)


def test_floats_are_no_orthophoto(tif):
    with pytest.raises(refused.RasterDepth):
        judged(write(tif, np.ones((3, 64, 64), np.float32)))


def test_sixteen_bits_are_an_orthophoto(tif):
    assert judged(write(tif, np.ones((3, 64, 64), np.uint16))).dtype == "uint16"


def test_impossible_heights_are_no_surface_model(tif):
    with pytest.raises(refused.RasterHeights):
        judged(scenes.write_dsm(tif, np.full((64, 64), 50_000, np.float32)), kind="dsm")


def test_a_small_raster_of_nodata_alone_is_refused_at_once(tif):
    with pytest.raises(refused.RasterEmpty):
        judged(scenes.write_dsm(tif, np.full((64, 64), scenes.NODATA, np.float32)), kind="dsm")


def test_a_place_without_size_is_refused(tif):
    with pytest.raises(refused.RasterPixelSize):
        judged(write(tif, np.ones((3, 64, 64), np.uint8), transform=Affine(1e-9, 0, 456e3, 0, -1e-9, 3516e3)))


def test_a_vrt_with_the_name_of_a_tiff_is_not_opened(tif, tmp_path):
    scenes.write_ortho(tmp_path / "secret.tif")
    tif.write_text('<VRTDataset rasterXSize="256" rasterYSize="256"><VRTRasterBand dataType="Byte" band="1">'
                   "<SimpleSource><SourceFilename>secret.tif</SourceFilename></SimpleSource></VRTRasterBand>"
                   "</VRTDataset>")  # fmt: skip
    with pytest.raises(refused.RasterUnreadable, match="VRT"):
        judged(tif)


def test_a_tiff_that_names_overviews_elsewhere_is_refused(tif):
    scenes.write_ortho(tif)
    with rasterio.open(tif, "r+") as dataset:
        dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE="/vsicurl/http://192.0.2.1/o.tif")
    with pytest.raises(refused.RasterHostile, match="vsicurl"):
        judged(tif)


def test_a_sidecar_is_not_read(tif):
    scenes.without_crs(tif)
    tif.with_suffix(".prj").write_text("EPSG:4548")
    tif.with_name(tif.name + ".aux.xml").write_text("<PAMDataset><SRS>EPSG:4548</SRS></PAMDataset>")
    with pytest.raises(refused.RasterNoCrs):
        judged(tif)


def test_the_header_of_a_huge_file_is_judged_in_a_moment(tif):
    with rasterio.open(
        tif, "w", driver="GTiff", width=60_000, height=60_000, count=3, dtype="uint8", crs="EPSG:4548",
        transform=Affine(0.05, 0, 456_000, 0, -0.05, 3_516_000), tiled=True, sparse_ok=True, bigtiff="yes",
    ):  # fmt: skip
        pass
    with tif.open("r+b") as file:
        file.truncate(40 << 30)  # sparse: 40 GB that take no room
    started = time.perf_counter()
    judged(tif)
    assert time.perf_counter() - started < 2


def test_every_refusal_has_both_languages():
    for name in refused.__all__:
        error = getattr(refused, name)
        assert error.zh != refused.ChengtuError.zh
        assert error.en.isascii() or "“" in error.en
