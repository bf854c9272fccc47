"""The ways back into a journal: search, calendar, on this day, and insights."""
