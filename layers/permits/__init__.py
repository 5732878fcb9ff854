"""Permits with a place, and the approvals given."""
