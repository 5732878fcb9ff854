"""GeoParquet (OGC 1.1): features by columns, for programs that work on millions of them."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pyarrow
from geopandas import GeoDataFrame

from gis.formats.refused import FormatNoPlace, FormatUnreadable
from gis.formats.staging import check_head, written

__all__ = ["read", "write"]


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of the file in its own CRS. Raises children of FormatRefused."""
    check_head(path, "GeoParquet", b"PAR1")
    try:
        return geopandas.read_parquet(path)
    except (pyarrow.ArrowException, OSError, TypeError, AttributeError, KeyError) as error:
        said = str(error).splitlines()[0][:120]
        raise FormatUnreadable(name=path.name, format="GeoParquet", found_zh=said, found_en=said) from error
    except ValueError as error:  # a table without the word “geo” in its metadata
        raise FormatNoPlace(name=path.name) from error


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write version 1.1 with a bounding box a row, so that readers skip what lies elsewhere."""
    with written(path) as folder:
        frame.to_parquet(folder / path.name, index=False, schema_version="1.1.0", write_covering_bbox=True)
