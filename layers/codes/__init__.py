"""Code lists as data: standard, validity, and which code replaces which."""
