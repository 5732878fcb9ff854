"""Component and event cases of the city platform; petitions and hotline calls."""
