"""What was built, extended or pulled down between two surveys."""
