"""Which model detects: the shipped one, or one that was taught further here and proved better."""

from layers.detector.installed import model_in_use

__all__ = ["model_in_use"]
