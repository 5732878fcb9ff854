"""Drone flights: what was uploaded and what became of it."""
