"""What the bureau knows, and what may happen to it."""
