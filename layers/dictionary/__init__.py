"""The data dictionary 数据字典: what every layer and field is called, holds and means, told by the catalogue alone."""

from layers.dictionary.document import as_document
from layers.dictionary.spreadsheet import as_spreadsheet
from layers.dictionary.told import HEADINGS, Line, Told, told

__all__ = ["HEADINGS", "Line", "Told", "as_document", "as_spreadsheet", "told"]
