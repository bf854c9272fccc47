"""Pages about what is asked. Those that also read entries are the journal's: journal/views/paths.py and hard_nights.py."""
