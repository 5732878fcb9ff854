"""The version of the software, as it is told to programs and written into evidence."""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "0.1.0"
