"""Generators of the demonstration data; everything made here is synthetic and says so."""
