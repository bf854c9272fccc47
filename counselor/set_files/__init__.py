"""Prompt sets as files, TOML and CSV: see docs/prompt-sets.md. Nothing here queries the database."""
