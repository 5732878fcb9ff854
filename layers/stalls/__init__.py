"""Stall clusters, breakfast points, night markets, service points and their stalls."""
