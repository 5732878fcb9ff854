"""Suspected changes seen by a flight, their sightings and reviews."""
