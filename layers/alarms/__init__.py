"""What the flights show of illegal buildings that are on record: still standing, gone, grown, built again."""
