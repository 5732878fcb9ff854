"""Files into layers: all or nothing, or what is sound; and back again."""

from __future__ import annotations

from layers.imports.actions import Outcome, import_file, perform
from layers.imports.faults import ImportMisplaced, ImportRefused, ImportShifted, NotImportable, RowFault
from layers.imports.undo import UndoRefused, undo
from layers.imports.work import ImportReport

__all__ = [
    "ImportMisplaced",
    "ImportRefused",
    "ImportReport",
    "ImportShifted",
    "NotImportable",
    "Outcome",
    "RowFault",
    "UndoRefused",
    "import_file",
    "perform",
    "undo",
]
