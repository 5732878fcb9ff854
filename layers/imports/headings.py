"""Which column of a file feeds which field of a layer. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from gis.formats import column_names, plain_heading
from layers.layer import Field, Layer

__all__ = ["by_field", "unknown"]


def by_field(layer: Layer, columns: Iterable[str]) -> dict[Field, str]:
    """The column of each editable field that the file has.

    A column is found by the field's name, its Chinese or English title (without unit, blanks, case), or
    the name cut to the 10 bytes of a shapefile; earlier ways win over later ones.
    """
    plain: dict[str, str] = {}
    for column in columns:
        plain.setdefault(plain_heading(column), column)
    found = {}
    for field, names in _names(layer).items():
        named = next((plain[name] for name in names if name in plain), None)
        if named is not None and field.editable:
            found[field] = named
    return found


def unknown(layer: Layer, columns: Iterable[str]) -> list[str]:
    """The columns that no field of the layer goes by: they are left out."""
    known = {name for names in _names(layer).values() for name in names}
    return [each for each in columns if plain_heading(each) not in known]


def _names(layer: Layer) -> dict[Field, list[str]]:
    """What a column of each field may be called; no name stands for two fields."""
    cut = column_names([each.name for each in layer.fields])
    taken: set[str] = set()
    names: dict[Field, list[str]] = {each: [] for each in layer.fields}
    for way in ("name", "zh", "en", "cut"):
        for field in layer.fields:
            given = {"name": field.name, "zh": field.title.zh, "en": field.title.en, "cut": cut[field.name]}
            name = plain_heading(given[way])
            if name not in taken:
                taken.add(name)
                names[field].append(name)
    return names
