"""The database backend that settings name for SQLite: Django's, in which writers wait for each other in short steps."""
