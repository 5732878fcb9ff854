"""Open311 GeoReport v2: reports from the public and from other programs."""
