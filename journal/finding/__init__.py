"""Finding in a journal: its sealed search, calendar, memories and insights."""
