"""One file that a whole site comes back from: made while the site runs, verified, kept for some weeks, restored.

`making` makes archives and `restoring` brings them back; `rolling` keeps the daily ones. `archive` is the file
format, `sqlite` and `postgres` the two ways of copying a database, `database` what they share.
"""
