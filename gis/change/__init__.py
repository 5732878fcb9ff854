"""What was built, extended or pulled down between two surveys."""

from gis.change.detect import COLUMNS, Detection, DetectOptions, detect, detect_files

__all__ = ["COLUMNS", "DetectOptions", "Detection", "detect", "detect_files"]
