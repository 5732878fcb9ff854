from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

from tests import clients

# the platform's rules refuse what a schema alone lets pass: a code that is taken, a place outside the district
UNFIT = "positive_data_acceptance"
# files come in by pieces, and signing out would end the run
BESIDE = "^/(uploads|metrics|api/session)"


def ran(*command: str, **more: str) -> str:
    """What a program said; an error of its own is a finding."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=900, env={**os.environ, **more}, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode or "ERROR" in done.stderr:
        raise AssertionError(f"{' '.join(command[:2])}: {said[-2000:]}")
    return said


def asked(url: str, name: str, password: str, **more: str) -> dict:
    """JSON of an address, by basic authentication."""
    import base64  # noqa: PLC0415

    secret = base64.b64encode(f"{name}:{password}".encode()).decode()
    with urlopen(Request(url, headers={"Authorization": f"Basic {secret}", **more})) as answer:
        return json.load(answer)


def with_gdal(base: str, name: str, password: str) -> str:
    """Lists, reads, pages, filters by place and copies with ogrinfo and ogr2ogr."""
    door, who = f"OAPIF:{base}/ogc", {"GDAL_HTTP_USERPWD": f"{name}:{password}"}
    listed = ran("ogrinfo", "-q", door, **who)
    there = asked(f"{base}/ogc/collections", name, password)["collections"]
    missing = [each["id"] for each in there if f"{each['id']} " not in listed]
    assert not missing, missing
    count = asked(f"{base}/ogc/collections/compounds/items?limit=1", name, password)["numberMatched"]
    with tempfile.TemporaryDirectory() as folder:
        copy = str(Path(folder) / "copy.gpkg")
        ran("ogr2ogr", "-f", "GPKG", copy, door, "compounds", "-oo", "PAGE_SIZE=7", **who)
        assert f"Feature Count: {count}" in ran("ogrinfo", "-so", copy, "compounds")
    near = ran("ogrinfo", "-so", "-spat", "116.4", "31.6", "116.5", "31.8", door, "grids", **who)
    by_place = asked(f"{base}/ogc/collections/grids/items?bbox=116.4,31.6,116.5,31.8&limit=1", name, password)
    assert f"Feature Count: {by_place['numberMatched']}" in near
    return f"{len(there)} layers listed, {count} features in pages of 7, a box of {by_place['numberMatched']}"


def with_owslib(base: str, name: str, password: str) -> str:
    """Reads, filters, creates, replaces and deletes with OWSLib."""
    from owslib.ogcapi.features import Features  # noqa: PLC0415
    from owslib.util import Authentication  # noqa: PLC0415

    door = Features(f"{base}/ogc/", auth=Authentication(username=name, password=password))
    door.headers["Content-Type"] = "application/geo+json"  # it would send text as XML
    assert "compounds" in door.feature_collections()
    assert "households" in door.collection_queryables("compounds")["properties"]
    found = door.collection_items("compounds", limit=3, filter="households > 500")
    assert all(each["properties"]["households"] > 500 for each in found["features"])
    feature = found["features"][0]
    feature.pop("id")
    feature["properties"]["code"] = "XQ-CLIENT"
    door.collection_item_create("compounds", json.dumps(feature))
    [made] = door.collection_items("compounds", filter="code = 'XQ-CLIENT'")["features"]
    try:
        made["properties"]["name"] = "OWSLib"
        door.collection_item_update("compounds", str(made["id"]), json.dumps(made))
        assert door.collection_item("compounds", str(made["id"]))["properties"]["name"] == "OWSLib"
    finally:
        door.collection_item_delete("compounds", str(made["id"]))
    assert not door.collection_items("compounds", filter="code = 'XQ-CLIENT'")["features"]
    return f"{found['numberMatched']} matched a filter; one created, replaced, deleted"


def with_pystac_client(base: str, name: str, password: str) -> str:
    """Searches flights by place, time and properties in pages, and reads a part of an orthophoto over the network."""
    import base64  # noqa: PLC0415

    import rasterio  # noqa: PLC0415
    from pystac_client import Client  # noqa: PLC0415

    secret = base64.b64encode(f"{name}:{password}".encode()).decode()
    door = Client.open(f"{base}/stac", headers={"Authorization": f"Basic {secret}"})
    [collection] = door.get_collections()
    everything = list(door.search(collections=[collection.id], limit=1).items())
    assert len({each.id for each in everything}) == len(everything) > 0
    latest = everything[0]
    assert latest.geometry is not None
    by_shape = [each.id for each in door.search(intersects=latest.geometry, limit=1).items()]
    assert latest.id in by_shape
    day = latest.properties["start_datetime"]
    assert latest.id in {each.id for each in door.search(datetime=f"{day}/..", bbox=latest.bbox).items()}
    finer = {"op": "<=", "args": [{"property": "gsd"}, latest.properties["gsd"]]}
    oldest = list(door.search(filter=finer, sortby="+properties.datetime", limit=1).items())
    days = [each.properties["start_datetime"] for each in oldest]
    assert latest.id in {each.id for each in oldest} and days == sorted(days)
    asked = f"gsd <= {latest.properties['gsd']}"
    by_address = door.search(method="GET", filter=asked, sortby="+properties.datetime", limit=1)
    assert [each.id for each in by_address.items()] == [each.id for each in oldest]
    with (
        rasterio.Env(GDAL_HTTP_USERPWD=f"{name}:{password}", GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
        rasterio.open(f"/vsicurl/{latest.assets['ortho'].href}") as raster,
    ):
        sample = raster.read(1, window=((0, 64), (0, 64)))
    return f"{len(everything)} flights in pages of one, {len(by_shape)} at one place; {sample.shape} px read from {raster.width}²"


def with_wmts(base: str, name: str, password: str) -> str:
    """Reads the capabilities and a tile of every layer with OWSLib, and a picture of one with GDAL's WMTS driver."""
    import io  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    from owslib.util import Authentication  # noqa: PLC0415
    from owslib.wmts import WebMapTileService  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    address = f"{base}/imagery/wmts/1.0.0/WMTSCapabilities.xml"
    door = WebMapTileService(address, auth=Authentication(username=name, password=password))
    assert "mosaic" in door.contents
    seen = 0
    for layer in door.contents.values():
        limits = layer.tilematrixsetlinks["GoogleMapsCompatible"].tilematrixlimits
        zoom = sorted(limits, key=int)[len(limits) // 2]
        limit = limits[zoom]
        place = {
            "tilematrix": zoom,
            "row": (limit.mintilerow + limit.maxtilerow) // 2,
            "column": (limit.mintilecol + limit.maxtilecol) // 2,
        }
        for form in layer.formats:
            tile = door.gettile(layer=layer.id, tilematrixset="GoogleMapsCompatible", format=form, **place)
            image = Image.open(io.BytesIO(tile.read()))
            assert image.size == (256, 256), layer.id
        seen += int(np.asarray(image.convert("RGBA"))[..., 3].any())
    assert seen == len(door.contents), seen
    if not shutil.which("gdal_translate"):
        return f"{seen} layers with OWSLib; GDAL is not installed"
    who = {"GDAL_HTTP_USERPWD": f"{name}:{password}"}
    read = []
    for layer in list(door.contents)[:2]:
        with tempfile.TemporaryDirectory() as folder:
            picture = str(Path(folder) / "a.png")
            who["GDAL_DEFAULT_WMS_CACHE_PATH"] = folder  # else it keeps tiles where it is started
            ran(
                "gdal_translate",
                "-q",
                "-of",
                "PNG",
                "-outsize",
                "400",
                "0",
                f"WMTS:{address},layer={layer}",
                picture,
                **who,
            )
            pixels = np.asarray(Image.open(picture).convert("RGBA"))
        assert pixels[..., 3].any() and pixels[pixels[..., 3] > 0][:, :3].std() > 1, layer
        read.append(pixels.shape[:2])
    return f"{seen} layers tile by tile with OWSLib; {read} px of two with GDAL"


def with_schemathesis(base: str, name: str, password: str) -> str:
    """Every operation with made-up input, also those that write: no server error, nothing undocumented."""
    said = ran(
        "schemathesis", "run", f"{base}/openapi.json", "--exclude-path-regex", BESIDE, "-a", f"{name}:{password}",
        "--max-examples", "60", "--exclude-checks", UNFIT, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    )  # fmt: skip
    return said.strip().splitlines()[-1].strip("= ")


def main() -> int:
    if len(sys.argv) != 4:
        print(clients.__doc__)
        return 2
    base, name, password = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
    here = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    checks: dict[str, tuple[Callable[[str, str, str], str], str | None]] = {
        "GDAL": (with_gdal, "ogrinfo"), "OWSLib": (with_owslib, None),
        "pystac-client": (with_pystac_client, None), "WMTS": (with_wmts, None),
        "schemathesis": (with_schemathesis, "schemathesis"),
    }  # fmt: skip
    failed = 0
    for title, (check, program) in checks.items():
        if program and not shutil.which(program, path=here):
            print(f"- {title}: not installed, passed over")
            continue
        try:
            print(f"✓ {title}: {check(base, name, password)}")
        except ImportError:
            print(f"- {title}: not installed, passed over")
        except Exception as error:
            failed += 1
            print(f"✗ {title}: {type(error).__name__}: {error}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
