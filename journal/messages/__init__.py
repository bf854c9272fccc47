"""Messages that a parent asked for: when each is due."""
