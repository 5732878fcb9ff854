"""What the formats that GDAL reads and writes have in common."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyogrio
import pyogrio.raw
import shapely
from geopandas import GeoDataFrame

from gis.formats.refused import FormatEmpty, FormatHostile, FormatLayers, FormatNoPlace, FormatUnreadable
from gis.formats.staging import written

__all__ = ["choose", "features", "read_with", "stream_with", "write_with"]

# Arrow's own pools keep what they free, which is worth 15 MB where batch follows batch
pyarrow.set_memory_pool(pyarrow.system_memory_pool())
pyogrio.set_gdal_config_options(
    {
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_TIMEOUT": 1,
        "OGR_SQLITE_LOAD_EXTENSIONS": None,
        "LIBKML_RESOLVE_STYLE": "NO",
        "SHAPE_RESTORE_SHX": "NO",
    }
)


def read_with(
    driver: str,
    address: str,
    name: str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    **options: Any,
) -> GeoDataFrame:
    """The features of one layer in the file's own CRS (``None`` when it names none).

    ``address`` is what GDAL opens, ``name`` what people call the file, ``options`` open options of the
    driver. Geometries that cannot be built become None; dates and times are ISO texts.
    Raises FormatUnreadable, FormatHostile (another driver answers), FormatLayers, FormatNoPlace, FormatEmpty.
    """
    with _sentences(driver, name):
        answering = pyogrio.read_info(address, encoding=encoding)["driver"]
        if answering != driver:
            raise FormatHostile(name=name, found=answering)
        chosen = _chosen(address, name, layer)
        frame = pyogrio.read_dataframe(
            address, layer=chosen, encoding=encoding, datetime_as_string=True, on_invalid="ignore", **options
        )
    if not len(frame):
        raise FormatEmpty(name=name)
    return frame


def stream_with(
    driver: str,
    address: str,
    name: str,
    rows: int,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    **options: Any,
) -> Iterator[GeoDataFrame]:
    """The same by ``rows`` features at a time, so that memory does not grow with the file.

    Columns are of Arrow's types. Raises the same, before the first frame or between two.
    """
    with _sentences(driver, name):
        answering = pyogrio.read_info(address, encoding=encoding)["driver"]
        if answering != driver:
            raise FormatHostile(name=name, found=answering)
        chosen = _chosen(address, name, layer)
    with ExitStack() as stack:
        with _sentences(driver, name):
            meta, reader = stack.enter_context(
                pyogrio.raw.open_arrow(
                    address, layer=chosen, encoding=encoding, batch_size=rows, use_pyarrow=True,
                    datetime_as_string=True, **options,
                )
            )  # fmt: skip
        geometry = meta["geometry_name"] or "wkb_geometry"
        found = False
        while True:
            with _sentences(driver, name):
                batch = next(reader, None)
            if batch is None:
                break
            if batch.num_rows:
                found = True
                yield features(pyarrow.Table.from_batches([batch]), geometry, meta["crs"])
        if not found:
            raise FormatEmpty(name=name)


def features(table: pyarrow.Table, geometry: str, crs: Any) -> GeoDataFrame:
    """A table of Arrow with WKB in the column ``geometry``; those that cannot be built become None."""
    shapes = shapely.from_wkb(table.column(geometry).to_numpy(), on_invalid="ignore")
    plain = table.drop_columns([geometry]).to_pandas(types_mapper=pd.ArrowDtype)
    return GeoDataFrame(plain, geometry=shapes, crs=crs)


def choose(name: str, layers: list[str], layer: str | None) -> str:
    """The layer that is meant. Raises FormatLayers, FormatEmpty when there are none."""
    if layer in layers:
        return str(layer)
    if not layers:
        raise FormatEmpty(name=name)
    if layer is not None or len(layers) > 1:
        raise FormatLayers(name=name, layers="、".join(layers))
    return layers[0]


def write_with(
    frame: GeoDataFrame, path: Path, driver: str, *, layer: str | None = None, **options: Any
) -> None:
    """Write a frame as it stands, all at once; ``options`` are those of pyogrio and of the driver."""
    with written(path) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        pyogrio.write_dataframe(frame, folder / path.name, layer=layer or path.stem, driver=driver, **options)


def _chosen(address: str, name: str, layer: str | None) -> str:
    """Tables without geometry (styles, attachments) are no layers."""
    found = pyogrio.list_layers(address).tolist()
    spatial = [str(each) for each, geometry in found if geometry is not None]
    if found and not spatial:
        raise FormatNoPlace(name=name)
    return choose(name, spatial, layer)


@contextmanager
def _sentences(driver: str, name: str) -> Iterator[None]:
    """GDAL's errors as refusals; its warnings are no matter of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except IndexError as error:
        raise FormatEmpty(name=name) from error
    except (RuntimeError, ValueError) as error:
        said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise FormatUnreadable(name=name, format=driver, found_zh=said, found_en=said) from error
