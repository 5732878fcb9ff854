"""Bulletins issued."""
