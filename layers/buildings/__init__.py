"""Illegal buildings from the first clue to the demolition."""
