"""People, their roles and divisions, and their sign-ins."""
