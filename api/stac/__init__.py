"""STAC API 1.0 over the flights: a catalogue that imagery tools search and read from."""
