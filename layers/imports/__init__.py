"""Files into layers, all or nothing."""

from __future__ import annotations

from layers.imports.actions import ImportReport, import_file
from layers.imports.faults import ImportMisplaced, ImportRefused, ImportShifted, NotImportable, RowFault

__all__ = [
    "ImportMisplaced",
    "ImportRefused",
    "ImportReport",
    "ImportShifted",
    "NotImportable",
    "RowFault",
    "import_file",
]
