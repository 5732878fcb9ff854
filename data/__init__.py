"""Material that commands and tests read: demonstration data, code lists, models."""
