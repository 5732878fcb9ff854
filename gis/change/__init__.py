"""What was built, extended or pulled down between two surveys."""

from gis.change.detect import COLUMNS, Detection, DetectOptions, detect, detect_files
from gis.formats import write
from gis.spread import Means, cores_here

__all__ = ["COLUMNS", "DetectOptions", "Detection", "Means", "cores_here", "detect", "detect_files", "write"]
