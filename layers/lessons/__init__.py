"""Reviewed candidates as lessons for the change network."""
