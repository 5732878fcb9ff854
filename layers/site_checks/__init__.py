"""Site checks as a job of the inspector: what is to be looked at, by whom, and what was found."""
