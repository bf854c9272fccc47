"""Backups: one verified archive file that a whole site can be restored from.

`creation` makes archives while the site runs, `restoration` brings them back, and `daily` makes one a day and thins out
older ones. `archive` is the file format; `sqlite` and `postgres` copy and load a database, `database` is what both share. `moving` takes a
stopped site to another database; it and a restore into the other kind of database go through `copying`, which reads rows
from a database or, with `dumped_rows`, from what `pg_dump` wrote.
"""
