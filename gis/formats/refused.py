"""Why a file of features is refused; each sentence says what is wrong, where, and what to do.

FormatRefused
├── FormatUnknown      an extension that is not read or written
├── FormatUnreadable   the content is not what the extension says, or is damaged
├── FormatHostile      it makes its reader open something else
├── FormatBomb         it unpacks to absurdly much
├── FormatIncomplete   parts of a shapefile are missing
├── FormatNoCrs        no coordinate reference system
├── FormatNoPlace      a table without coordinates
├── FormatLayers       several layers and no choice, or a choice that is not there
└── FormatEmpty        not one feature
"""

from __future__ import annotations

from gis.errors import ChengtuError

__all__ = [
    "FormatBomb",
    "FormatEmpty",
    "FormatHostile",
    "FormatIncomplete",
    "FormatLayers",
    "FormatNoCrs",
    "FormatNoPlace",
    "FormatRefused",
    "FormatUnknown",
    "FormatUnreadable",
]


class FormatRefused(ChengtuError):
    """The file cannot be read or written."""

    code = "format_refused"
    zh = "文件“{name}”无法处理。"
    en = "The file “{name}” cannot be handled."


class FormatUnknown(FormatRefused):
    """The extension names no format of this platform."""

    code = "format_unknown"
    zh = "不支持“{name}”的格式。请使用以下扩展名之一：{known}。"
    en = "The format of “{name}” is not supported. Use one of these extensions: {known}."


class FormatUnreadable(FormatRefused):
    """The content is damaged or something else than the extension says."""

    code = "format_unreadable"
    zh = "“{name}”不是可读取的 {format} 文件（{found_zh}）。请从原软件重新导出。"
    en = "“{name}” is not a readable {format} file ({found_en}). Export it again from its software."


class FormatHostile(FormatRefused):
    """The file would make its reader open other files or addresses."""

    code = "format_hostile"
    zh = "“{name}”会引用其他文件或网址（{found}），出于安全不予打开。请导出为单独的数据文件。"
    en = "“{name}” would make its reader open other files or addresses ({found}) and is refused. Export plain data."


class FormatBomb(FormatRefused):
    """A packed file unpacks to more than is allowed."""

    code = "format_bomb"
    zh = "“{name}”解压后超过上限 {limit_mb} MB，不予打开。请分成几个文件。"
    en = "“{name}” unpacks to more than the limit of {limit_mb} MB and is refused. Split it into several files."


class FormatIncomplete(FormatRefused):
    """A shapefile consists of several files; some are missing."""

    code = "format_incomplete"
    zh = "Shapefile“{name}”缺少 {missing}。请把 .shp、.shx、.dbf、.prj 打包成一个 .zip。"
    en = "The shapefile “{name}” lacks {missing}. Pack .shp, .shx, .dbf and .prj into one .zip."


class FormatNoCrs(FormatRefused):
    """The file does not say which coordinates it uses."""

    code = "format_no_crs"
    zh = "“{name}”没有坐标系，其坐标如（{x}，{y}）。请在 GIS 软件中设定坐标系（如 EPSG:4490 或 EPSG:4548）后重新导出。"
    en = (
        "“{name}” names no coordinate reference system; its coordinates are like ({x}, {y}). "
        "Set the CRS in the GIS software (such as EPSG:4490 or EPSG:4548) and export it again."
    )


class FormatNoPlace(FormatRefused):
    """No column says where the rows lie."""

    code = "format_no_place"
    zh = "“{name}”没有位置信息。表格需要“经度、纬度”两列，或“E、N”两列，或一列“WKT”。"
    en = "“{name}” does not say where its rows lie. A table takes columns lon and lat, or E and N, or WKT."


class FormatLayers(FormatRefused):
    """It is not clear which layer is meant."""

    code = "format_layers"
    zh = "“{name}”中的图层为：{layers}。请指定其中一个。"
    en = "The layers of “{name}” are: {layers}. Name one of them."


class FormatEmpty(FormatRefused):
    """There is nothing in it."""

    code = "format_empty"
    zh = "“{name}”中没有任何要素。请检查导出的范围与筛选条件。"
    en = "“{name}” holds not one feature. Check the area and the filter of the export."
