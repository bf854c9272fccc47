"""Sealing: what a person writes is encrypted with that person's own key before it reaches the database.

Each person has a random 256-bit *data key*, and so has each connection between a counselor and a parent. It is never stored
bare: a `KeySlot` (slots.py) holds it wrapped with the installation's *key-encryption key* (key_file.py), which is not in the
database. `keyring` makes, fetches and destroys data keys, `sealing` uses them in model fields, `installation` for short texts of
the installation; `crypto` is the only module of the project that imports a cryptography library.
"""
