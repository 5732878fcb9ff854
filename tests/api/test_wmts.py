"""WMTS 1.0.0 as old clients speak it: by key and value, and by address."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from layers.people.rules import Role
from tests.api.conftest import PASSWORD
from tests.api.test_imagery import flown, middle  # noqa: F401 - a fixture

NAMES = {"w": "http://www.opengis.net/wmts/1.0", "o": "http://www.opengis.net/ows/1.1"}
DOOR = "/imagery/wmts"
TILE = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "STYLE": "default", "FORMAT": "image/png",
        "TILEMATRIXSET": "GoogleMapsCompatible"}  # fmt: skip


def capabilities(client, **more) -> ET.Element:
    answer = client.get(f"{DOOR}/1.0.0/WMTSCapabilities.xml", **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    return ET.fromstring(answer.content)


def layers(document: ET.Element) -> dict[str, ET.Element]:
    return {each.findtext("o:Identifier", "", NAMES): each for each in document.iterfind(".//w:Layer", NAMES)}


def wanted(where: str, **more: str) -> dict[str, str]:
    z, x, y = where.split("/")
    return {**TILE, "TILEMATRIX": z, "TILECOL": x, "TILEROW": y, **more}


def picture(answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    image = Image.open(io.BytesIO(answer.content))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGBA"))


def test_the_capabilities_tell_of_every_flight_and_of_the_mosaic_to_those_who_may_see_them(flown, as_role):  # noqa: F811
    there = layers(capabilities(as_role(Role.PLANNER)))
    assert list(there) == ["mosaic", "S20230618-001", "S20230312-001"]
    assert there["S20230618-001"].findtext("o:Title", "", NAMES).startswith("测试 2023-06-18")
    times = [each.text for each in there["mosaic"].iterfind("w:Dimension/w:Value", NAMES)]
    assert times == ["all", "2023-01-01..2023-12-31"]
    assert list(layers(capabilities(as_role(None)))) == []
    assert len(layers(capabilities(as_role(None), auth=("crew", PASSWORD)))) == 3
    by_key = as_role(Role.PLANNER).get(f"{DOOR}?service=WMTS&request=GetCapabilities")
    assert len(layers(ET.fromstring(by_key.content))) == 3


def test_the_addresses_and_limits_of_the_capabilities_lead_to_tiles(flown, as_role):  # noqa: F811
    client = as_role(Role.PLANNER)
    for name, layer in layers(capabilities(client)).items():
        limits = layer.findall(".//w:TileMatrixLimits", NAMES)
        for limit in limits[:: max(1, len(limits) // 4)]:
            told = {each.tag.split("}")[1]: each.text or "" for each in limit}
            for resource in layer.iterfind("w:ResourceURL", NAMES):
                address = resource.attrib["template"]
                filled = {"Style": "default", "time": "all", "TileMatrixSet": "GoogleMapsCompatible",
                          "TileMatrix": told["TileMatrix"], "TileRow": told["MinTileRow"],
                          "TileCol": told["MinTileCol"]}  # fmt: skip
                for key, value in filled.items():
                    address = address.replace("{" + key + "}", value)
                assert client.get(address).status_code == 200, (name, address)


def test_the_matrices_are_those_of_the_standard(flown, as_role):  # noqa: F811
    document = capabilities(as_role(Role.PLANNER))
    found = document.findall(".//w:TileMatrix[w:TileWidth]", NAMES)
    scales = [float(each.findtext("w:ScaleDenominator", "", NAMES)) for each in found]
    assert scales[0] == pytest.approx(559082264.0287178)
    assert scales[18] == pytest.approx(2132.729583849784)
    assert [each.findtext("w:MatrixWidth", "", NAMES) for each in found][:3] == ["1", "2", "4"]


def test_both_ways_give_the_same_tile_and_webp_is_the_archives_own(flown, as_role):  # noqa: F811
    client = as_role(Role.PLANNER)
    where = middle(client, flown[1])
    z, x, y = where.split("/")
    by_key = client.get(DOOR, params=wanted(where, LAYER="S20230618-001"))
    by_path = client.get(f"{DOOR}/1.0.0/S20230618-001/default/GoogleMapsCompatible/{z}/{y}/{x}.png")
    assert by_key.content == by_path.content and picture(by_key)[..., 3].any()
    webp = client.get(DOOR, params=wanted(where, LAYER="S20230618-001", FORMAT="image/webp"))
    assert webp.content == client.get(f"/imagery/{flown[1]}/{where}.webp").content
    again = client.get(
        DOOR, params=wanted(where, LAYER="S20230618-001"), headers={"If-None-Match": by_key.headers["etag"]}
    )
    assert again.status_code == 304


def test_the_mosaic_takes_a_time_and_what_is_not_there_is_transparent(flown, as_role):  # noqa: F811
    client = as_role(Role.PLANNER)
    where = middle(client, flown[0], up=2)
    early = picture(client.get(DOOR, params=wanted(where, LAYER="mosaic", TIME="..2023-05-01")))
    seen = early[..., 3] > 250
    assert seen.any() and early[seen][:, 0].max() < 100
    assert picture(client.get(DOOR, params=wanted(where, LAYER="mosaic")))[..., 0].max() > 180
    assert (
        picture(client.get(DOOR, params=wanted(where, LAYER="mosaic", TIME="2030-01-01")))[..., 3].max() == 0
    )


@pytest.mark.parametrize(
    ("change", "code", "locator"),
    [
        ({"REQUEST": "GetFeatureInfo"}, "OperationNotSupported", "request"),
        ({"LAYER": "nowhere"}, "InvalidParameterValue", "layer"),
        ({"LAYER": ""}, "MissingParameterValue", "layer"),
        ({"LAYER": "mosaic", "TIME": "soon"}, "InvalidParameterValue", "time"),
        ({"FORMAT": "image/tiff"}, "InvalidParameterValue", "format"),
        ({"TILEMATRIXSET": "Mars"}, "InvalidParameterValue", "tilematrixset"),
        ({"TILEMATRIX": "99"}, "InvalidParameterValue", "tilematrix"),
        ({"TILEROW": "x<y"}, "InvalidParameterValue", "tilerow"),
        ({"TILEMATRIX": "1", "TILEROW": "2", "TILECOL": "0"}, "TileOutOfRange", "tilerow"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_standards_way(as_role, change, code, locator):
    answer = as_role(Role.PLANNER).get(DOOR, params={**wanted("3/1/1", LAYER="mosaic"), **change})
    assert answer.status_code == 400
    found = ET.fromstring(answer.content).find("o:Exception", NAMES)
    assert (found.attrib["exceptionCode"], found.attrib["locator"]) == (code, locator)
    zh, en = (each.text or "" for each in found.iterfind("o:ExceptionText", NAMES))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh) and en != zh


def test_a_stranger_gets_no_tile(flown, as_role):  # noqa: F811
    assert as_role(None).get(DOOR, params=wanted("3/1/1", LAYER="mosaic")).status_code == 401
    assert (
        as_role(None).get(f"{DOOR}/1.0.0/mosaic/default/all/GoogleMapsCompatible/3/1/1.png").status_code
        == 401
    )
