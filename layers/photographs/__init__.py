"""Photographs taken on site, kept as they came."""
