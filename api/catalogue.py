"""The catalogue and the page's configuration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Chengtu, Roles, Transaction
from api.schemas.catalogue import (
    CatalogueOut,
    CodeOut,
    ConfigOut,
    FieldOut,
    GroupOut,
    LayerOut,
    RowChoiceOut,
    StateOut,
    StyleOut,
)
from api.schemas.shared import TextPair
from layers import catalogue, choices, features
from layers.imports.check import MEASURED
from layers.layer import Field, Layer, Style, Text
from layers.own.describe import GROUP
from layers.people.rules import Role
from layers.surveys import actions as surveys
from layers.version import VERSION

__all__ = ["router"]

JINAN = (116.2, 31.2, 117.0, 32.1)  # shown while no division is loaded

router = APIRouter(tags=["catalogue"])


@router.get("/api/config")
def config(session: Transaction, state: Chengtu) -> ConfigOut:
    """What the page must know before it draws."""
    area = surveys.district(session)
    west, south, east, north = area.bounds if area is not None else JINAN
    key = state.settings.tianditu_key
    return ConfigOut(
        title=TextPair(zh="城图", en="Chengtu"),
        demo=state.settings.demo,
        tianditu_key=key.get_secret_value() if key else None,
        centre=((west + east) / 2, (south + north) / 2),
        zoom=10,
        bounds=(west, south, east, north),
        version=VERSION,
        max_upload_bytes=int(state.settings.max_upload_gb * 1e9),
        public_layers=bool(catalogue.visible(frozenset({Role.PUBLIC}))),
    )


@router.get("/api/catalogue")
def published(session: Transaction, roles: Roles) -> CatalogueOut:
    """Every layer that the viewer may see, with its live count and extent."""
    layers = [_layer(session, each, roles) for each in catalogue.visible(roles)]
    used = {each.group for each in layers}
    groups = [GroupOut(id=id, title=_text(title)) for id, title in catalogue.GROUPS.items() if id in used]
    return CatalogueOut(groups=groups, layers=layers)


@router.get("/api/choices/{layer_id}/{field}")
def offered(
    layer_id: str,
    field: str,
    session: Transaction,
    roles: Roles,
    q: Annotated[str, Query(max_length=100)] = "",
) -> list[RowChoiceOut]:
    """Rows that a field of an editable layer may name and whose name or code has ``q`` in it, in force, at most 20."""
    found = choices.offered(session, catalogue.layer(layer_id, roles), field, roles, q)
    return [RowChoiceOut(value=each.value, note=each.note) for each in found]


def _layer(session: Session, layer: Layer, roles: frozenset[Role]) -> LayerOut:
    extent = features.extent(session, layer)
    return LayerOut(
        id=layer.id,
        title=_text(layer.title),
        description=_text(layer.description),
        group=layer.group,
        geometry=layer.geometry,
        fields=[_field(layer, each) for each in layer.fields_for(roles)],
        style=_style(layer.style),
        label=layer.label,
        key=layer.key,
        min_zoom=layer.min_zoom,
        max_zoom=layer.max_zoom,
        label_zoom=layer.label_zoom,
        points_below=layer.points_below,
        clustered_below=layer.clustered_below,
        shown_at_start=layer.shown_at_start,
        editable=bool(layer.editors & roles),
        own=layer.group == GROUP,
        count=extent.features,
        bounds=extent.bounds,
        tiles=f"/ogc/collections/{layer.id}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?v={extent.stamp}",
    )


def _field(layer: Layer, field: Field) -> FieldOut:
    return FieldOut(
        name=field.name,
        title=_text(field.title),
        type=field.type,
        unit=field.unit,
        codes=[CodeOut(value=each.value, title=_text(each.title)) for each in field.codes],
        required=field.required,
        personal=field.personal,
        editable=field.editable,
        measured=MEASURED.get(field.name) == layer.geometry,
        chosen=field.references is not None,
    )


def _style(style: Style) -> StyleOut:
    return StyleOut(
        light=style.light,
        dark=style.dark,
        pattern=style.pattern,
        width=style.width,
        state_field=style.state_field,
        states={
            value: StateOut(light=light, dark=dark, pattern=pattern)
            for value, (light, dark, pattern) in style.states.items()
        },
    )


def _text(text: Text) -> TextPair:
    return TextPair(zh=text.zh, en=text.en)
