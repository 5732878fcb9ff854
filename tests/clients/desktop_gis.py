"""QGIS without a screen against a running server; QGIS brings its own Python (Debian: python3-qgis qgis-providers).

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/clients/desktop_gis.py http://127.0.0.1:8000 planner PASSWORD [PICTURE.png]

Layers by OGC API – Features (read, filter, extent), vector tiles with our own MapLibre style drawn to a picture, and
in newer versions an edit. Ends with 1 and a sentence when something is not as it should be.
"""

from __future__ import annotations

import base64
import json
import sys
import urllib.request
from typing import Any
from urllib.parse import quote

from qgis.core import (  # type: ignore[import-not-found]
    Qgis,
    QgsApplication,
    QgsFeatureRequest,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]
from qgis.PyQt.QtGui import QColor  # type: ignore[import-not-found]

DISTRICT = QgsRectangle(116.35, 31.25, 117.0, 32.05)  # of the demo


def main(base: str, user: str, password: str, picture: str | None = None) -> None:
    application = QgsApplication([], False)
    application.initQgis()
    print(f"QGIS {Qgis.QGIS_VERSION}")
    try:
        features(base, user, password)
        tiles(base, user, password, picture)
    finally:
        application.exitQgis()


def opened(base: str, layer: str, user: str, password: str) -> Any:
    source = f"url='{base}/ogc' typename='{layer}' username='{user}' password='{password}' pageSize='500'"
    found = QgsVectorLayer(source, layer, "OAPIF")
    need(found.isValid(), f"{layer} does not open")
    return found


def features(base: str, user: str, password: str) -> None:
    """Everything that the landing page lists opens; one layer is read whole, by box and by expression."""
    answer = fetched(f"{base}/ogc/collections?f=json", user, password)
    for name in (each["id"] for each in answer["collections"]):
        opened(base, name, user, password)
    print(f"{len(answer['collections'])} layers open")
    grids = opened(base, "grids", user, password)
    whole = list(grids.getFeatures())
    matched = fetched(f"{base}/ogc/collections/grids/items?limit=1", user, password)["numberMatched"]
    need(len(whole) == matched, f"grids: {len(whole)} of {matched} read")
    need(all(each.geometry().isGeosValid() for each in whole[:200]), "grids: a geometry is not valid")
    middle = QgsRectangle(116.5, 31.7, 116.55, 31.75)
    boxed = list(grids.getFeatures(QgsFeatureRequest().setFilterRect(middle)))
    inside = sum(each.geometry().intersects(middle) for each in whole)
    need(len(boxed) >= inside > 0, f"grids: {len(boxed)} in the box, {inside} touch it")
    code = whole[0]["code"]
    one = list(grids.getFeatures(QgsFeatureRequest().setFilterExpression(f"\"code\" = '{code}'")))
    need(len(one) == 1, f"grids: {len(one)} of code {code}")
    print(
        f"grids: {len(whole)} read in pages, {len(boxed)} by box, 1 by expression; fields {grids.fields().names()[:6]}"
    )


def tiles(base: str, user: str, password: str, picture: str | None) -> None:
    """Public layers as vector tiles in our own style, drawn over the district."""
    layers = []
    for name in ("roads", "compounds", "grids", "divisions"):
        here = f"{base}/ogc/collections/{name}"
        source = (
            f"type=xyz&url={quote(here + '/tiles/WebMercatorQuad/{z}/{y}/{x}', safe=':/')}&zmin=6&zmax=18"
        )
        layer = QgsVectorTileLayer(source, name)
        need(layer.isValid(), f"tiles of {name} do not open")
        converter = QgsMapBoxGlStyleConverter()
        done = converter.convert(json.dumps(fetched(f"{here}/styles/default", user, password)))
        need(done == QgsMapBoxGlStyleConverter.Success, f"style of {name}: {converter.errorMessage()}")
        need(not converter.warnings(), f"style of {name}: {converter.warnings()}")
        layer.setRenderer(converter.renderer())
        layers.append(layer)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setOutputSize(QSize(900, 900))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(metres(DISTRICT))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    need(not job.errors(), f"drawing: {[each.message for each in job.errors()]}")
    image = job.renderedImage()
    drawn = sum(image.pixel(x, y) != 0xFFFFFFFF for x in range(0, 900, 3) for y in range(0, 900, 3))
    need(drawn > 900, f"only {drawn} of 90 000 looked-at pixels are drawn")
    if picture:
        image.save(picture)
    print(f"vector tiles: {len(layers)} layers in our styles, {drawn / 900:.1f} % of the picture drawn")


def metres(box: Any) -> Any:
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject  # noqa: PLC0415

    degrees, mercator = (QgsCoordinateReferenceSystem(each) for each in ("EPSG:4326", "EPSG:3857"))
    return QgsCoordinateTransform(degrees, mercator, QgsProject.instance()).transformBoundingBox(box)


def fetched(address: str, user: str, password: str) -> Any:
    asked = urllib.request.Request(address, headers={"Accept": "application/json"})
    asked.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def need(true: bool, otherwise: str) -> None:
    if not true:
        print(f"NOT AS IT SHOULD BE: {otherwise}")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
