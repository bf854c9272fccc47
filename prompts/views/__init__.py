"""Pages about what is asked. Those that need to know what was written are the journal's: journal/views/paths.py, guides.py."""
