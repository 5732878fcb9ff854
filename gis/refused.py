"""Why a raster is refused; each sentence says what is wrong, where, and what to do.

RasterRefused
├── RasterUnreadable   not a raster this platform opens
├── RasterTruncated    the file ends early, or a block cannot be decoded
├── RasterHostile      it points to other files
├── RasterTooLarge     more pixels than allowed
├── RasterBomb         it declares absurdly more than it holds
├── RasterNoCrs        no coordinate reference system
├── RasterNoPlace      a CRS, but no geotransform
├── RasterBands        wrong number of bands
├── RasterDepth        wrong data type
├── RasterPixelSize    pixels of a nonsense size
├── RasterDegrees      degrees under a CRS of metres
├── RasterSwapped      north and east exchanged
├── RasterZone         coordinates of another zone
├── RasterZonePrefix   an easting with a zone number in front
├── RasterShifted      GCJ-02 or BD-09 by its own words
├── RasterOutside      another place
├── RasterHeights      no plausible heights
└── RasterEmpty        no valid pixel
"""

from __future__ import annotations

from gis.errors import ChengtuError

__all__ = [
    "RasterBands",
    "RasterBesideBaseline",
    "RasterBomb",
    "RasterDegrees",
    "RasterDepth",
    "RasterEmpty",
    "RasterHeights",
    "RasterHostile",
    "RasterNoCrs",
    "RasterNoPlace",
    "RasterOutside",
    "RasterPixelSize",
    "RasterRefused",
    "RasterShifted",
    "RasterSwapped",
    "RasterTooLarge",
    "RasterTruncated",
    "RasterUnreadable",
    "RasterZone",
    "RasterZonePrefix",
]


class RasterRefused(ChengtuError):
    """The raster cannot be taken in."""

    code = "raster_refused"
    zh = "影像“{name}”无法接收。"
    en = "The image “{name}” cannot be taken in."


class RasterUnreadable(RasterRefused):
    """Not a GeoTIFF."""

    code = "raster_unreadable"
    zh = "“{name}”不是可读取的 GeoTIFF 影像（{found_zh}）。请从航测软件导出 GeoTIFF（.tif）后重新上传。"
    en = (
        "“{name}” is not a readable GeoTIFF ({found_en}). "
        "Export a GeoTIFF (.tif) from the survey software and upload it again."
    )


class RasterTruncated(RasterRefused):
    """The file ends before its pixels do, or a block is damaged."""

    code = "raster_truncated"
    zh = "“{name}”不完整或已损坏：{where_zh}。多半是复制或上传中断，请核对文件大小后重新上传原文件。"
    en = (
        "“{name}” is incomplete or damaged: {where_en}. Copying or uploading was probably cut short: "
        "compare the size with the original and upload that again."
    )


class RasterHostile(RasterRefused):
    """The file makes its reader open other files."""

    code = "raster_hostile"
    zh = "“{name}”引用了其他文件（{reference}），出于安全不予接收。请导出为单个独立的 GeoTIFF 后重新上传。"
    en = (
        "“{name}” points to another file ({reference}) and is refused for safety. "
        "Export it as one self-contained GeoTIFF and upload that."
    )


class RasterTooLarge(RasterRefused):
    """More pixels than this installation takes."""

    code = "raster_too_large"
    zh = "“{name}”为 {width} × {height} 像素，超过上限 {limit} 像素。请分幅导出，或请管理员提高上限。"
    en = (
        "“{name}” has {width} × {height} pixels, more than the limit of {limit}. "
        "Export it in parts, or ask the administrator to raise the limit."
    )


class RasterBomb(RasterRefused):
    """The file declares absurdly more pixels than it can hold."""

    code = "raster_bomb"
    zh = "“{name}”只有 {size} 字节，却声明 {width} × {height} 像素（展开 {declared} 字节），不予接收。请重新导出影像。"
    en = (
        "“{name}” holds {size} bytes but declares {width} × {height} pixels ({declared} bytes unpacked) "
        "and is refused. Export the image again."
    )


class RasterNoCrs(RasterRefused):
    """The file does not say which coordinates it uses."""

    code = "raster_no_crs"
    zh = "“{name}”没有坐标系。{guess_zh}请在航测软件中设定坐标系（六安通常为 EPSG:4548）后重新导出。"
    en = (
        "“{name}” names no coordinate reference system. {guess_en}"
        "Set it in the survey software (around Lu'an usually EPSG:4548) and export again."
    )


class RasterNoPlace(RasterRefused):
    """The file has a CRS but its pixels have no place."""

    code = "raster_no_place"
    zh = "“{name}”没有地理定位（缺少仿射变换参数）。请导出带定位信息的 GeoTIFF，不要用截图或另存的图片。"
    en = (
        "“{name}” has no georeference (no geotransform inside the file). "
        "Export a GeoTIFF with its place, not a screenshot or a picture saved anew."
    )


class RasterBands(RasterRefused):
    """The number of bands does not fit the kind."""

    code = "raster_bands"
    zh = "“{name}”有 {count} 个波段，而{kind_zh}应为 {expected}。请确认选对了文件（正射影像或 DSM）。"
    en = (
        "“{name}” has {count} band(s), but {kind_en} takes {expected}. "
        "Check that the right file was chosen (orthophoto or surface model)."
    )


class RasterDepth(RasterRefused):
    """The data type does not fit the kind."""

    code = "raster_depth"
    zh = "“{name}”的像元类型为 {dtype}，而{kind_zh}应为 {expected}。请按此类型重新导出。"
    en = "“{name}” holds {dtype} values, but {kind_en} takes {expected}. Export it again with that type."


class RasterPixelSize(RasterRefused):
    """The pixels are of a size no survey has."""

    code = "raster_pixel_size"
    zh = "“{name}”的像元大小为 {size} 米，允许范围为 {least}–{most} 米。请检查导出分辨率与坐标单位。"
    en = (
        "“{name}” has pixels of {size} m; {least}–{most} m are allowed. "
        "Check the export resolution and the unit of the coordinates."
    )


class RasterDegrees(RasterRefused):
    """Degrees stand where the CRS counts metres."""

    code = "raster_degrees"
    zh = "“{name}”声明的坐标系 {crs} 以米为单位，坐标（{x}，{y}）却是经纬度。请把坐标系改为 EPSG:4490 后重新导出。"
    en = (
        "“{name}” declares {crs}, which counts metres, but its coordinates ({x}, {y}) are degrees. "
        "Set the CRS to EPSG:4490 and export again."
    )


class RasterSwapped(RasterRefused):
    """North and east are exchanged."""

    code = "raster_swapped"
    zh = "“{name}”的坐标轴颠倒：X={x}，Y={y}，交换后才落在辖区内。请按“东、北”（经度在前）顺序重新导出。"
    en = (
        "“{name}” has its axes exchanged: X={x}, Y={y} lie in the district only when swapped. "
        "Export it again with east (longitude) first, north second."
    )


class RasterZone(RasterRefused):
    """The coordinates belong to another zone than the file says."""

    code = "raster_zone"
    zh = "“{name}”声明为 {crs}，其坐标（{x}，{y}）按 {suggested} 才落在辖区内：分带或坐标系选错。请改正后重新导出。"
    en = (
        "“{name}” declares {crs}, but its coordinates ({x}, {y}) lie in the district only as {suggested}: "
        "the wrong zone or CRS was chosen. Correct it and export again."
    )


class RasterZonePrefix(RasterRefused):
    """The easting carries a zone number that the CRS does not have."""

    code = "raster_zone_prefix"
    zh = "“{name}”的横坐标 {x} 带有带号，而 {crs} 不带带号。请去掉带号，或声明为 {suggested} 后重新导出。"
    en = (
        "“{name}” has eastings with a zone number ({x}), which {crs} does not use. "
        "Remove the zone number, or declare {suggested}, and export again."
    )


class RasterShifted(RasterRefused):
    """The file says itself that it is in GCJ-02 or BD-09."""

    code = "raster_shifted"
    zh = "“{name}”标明为 {system} 加偏坐标，与 CGCS2000 相差约 {metres} 米。请从原始航测成果导出 CGCS2000 坐标的影像。"
    en = (
        "“{name}” says that it is in {system}, which is about {metres} m off CGCS2000. "
        "Export it in CGCS2000 from the original survey."
    )


class RasterBesideBaseline(RasterRefused):
    """The flight fits its baseline only after the offset of GCJ-02 or BD-09 is undone."""

    code = "raster_beside_baseline"
    zh = (
        "“{name}”与前期航飞 {baseline} 相差约 {metres:.0f} 米，方向和大小正是 {system} 加偏。"
        "请从原始航测成果导出 CGCS2000 坐标的影像后重新上传。"
    )
    en = (
        "“{name}” lies {metres:.0f} m off the earlier flight {baseline}, just as {system} would move it. "
        "Export it in CGCS2000 from the original survey and upload it again."
    )


class RasterOutside(RasterRefused):
    """The image shows another place."""

    code = "raster_outside"
    zh = "“{name}”不在辖区内：影像中心位于东经 {lon}°、北纬 {lat}°，距辖区约 {km} 公里。请确认文件与坐标系。"
    en = (
        "“{name}” is not in the district: its centre is at {lon}° E, {lat}° N, about {km} km away. "
        "Check the file and its CRS."
    )


class RasterHeights(RasterRefused):
    """The values are no heights."""

    code = "raster_heights"
    zh = "“{name}”的高程在 {low} 至 {high} 米之间，不像地表模型（应在 {least}–{most} 米）。请确认导出的是 DSM 且单位为米。"
    en = (
        "“{name}” has heights from {low} to {high} m, which is no surface model of this region "
        "({least}–{most} m). Check that it is a DSM in metres."
    )


class RasterEmpty(RasterRefused):
    """No pixel is valid."""

    code = "raster_empty"
    zh = "“{name}”没有任何有效像元（全部为无数据）。请检查导出范围后重新导出。"
    en = "“{name}” has not one valid pixel (all nodata). Check the export area and export again."
