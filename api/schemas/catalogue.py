"""The catalogue as the page reads it, and the page's configuration."""

from __future__ import annotations

from api.schemas.shared import Shape, TextPair

__all__ = [
    "CatalogueOut",
    "CodeOut",
    "ConfigOut",
    "FieldOut",
    "GroupOut",
    "LayerOut",
    "RowChoiceOut",
    "StateOut",
    "StyleOut",
]


class CodeOut(Shape):
    """A value of a code list."""

    value: str
    title: TextPair


class FieldOut(Shape):
    """A field that the viewer may see.

    ``editable``: a form asks for it; ``measured``: from the geometry, when it is left blank; ``chosen``: it names
    another row, which ``/api/choices`` offers.
    """

    name: str
    title: TextPair
    type: str
    unit: str | None
    codes: list[CodeOut]
    required: bool
    personal: bool
    editable: bool
    measured: bool
    chosen: bool


class RowChoiceOut(Shape):
    """A row that a field may name: what to write there, and what tells it from others."""

    value: str
    note: str | None


class StateOut(Shape):
    """How one state of a layer looks."""

    light: str
    dark: str
    pattern: str


class StyleOut(Shape):
    """How a layer looks in both themes."""

    light: str
    dark: str
    pattern: str
    width: float
    state_field: str | None
    states: dict[str, StateOut]


class LayerOut(Shape):
    """One published layer with its live count and extent (lon/lat, EPSG:4490); whether the viewer may edit
    it, and whether planners made it themselves.
    """

    id: str
    title: TextPair
    description: TextPair
    group: str
    geometry: str
    fields: list[FieldOut]
    style: StyleOut
    label: str | None
    key: str
    min_zoom: int
    max_zoom: int
    label_zoom: int
    points_below: int
    clustered_below: int
    shown_at_start: bool
    editable: bool
    own: bool
    count: int
    bounds: tuple[float, float, float, float] | None
    tiles: str


class GroupOut(Shape):
    """A group of the layer tree."""

    id: str
    title: TextPair


class CatalogueOut(Shape):
    """Everything published to the viewer."""

    groups: list[GroupOut]
    layers: list[LayerOut]


class ConfigOut(Shape):
    """What the page must know before it draws; coordinates in EPSG:4490 degrees."""

    title: TextPair
    demo: bool
    tianditu_key: str | None
    centre: tuple[float, float]
    zoom: float
    bounds: tuple[float, float, float, float]
    version: str
    max_upload_bytes: int
    public_layers: bool
