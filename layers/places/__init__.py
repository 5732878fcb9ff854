"""Divisions, grids, organisations, planning areas, roads, compounds and contact points."""
