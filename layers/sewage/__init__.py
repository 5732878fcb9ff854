"""Plants, pump stations, manholes, pipes and outfalls: one directed network."""
