"""The documents' templates that come with the software, and what writes them."""
