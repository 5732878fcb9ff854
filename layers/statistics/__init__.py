"""Figures counted from rows."""
