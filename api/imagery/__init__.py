"""Pictures of flights: tiles, mosaics, surfaces and the rasters they were made of."""
