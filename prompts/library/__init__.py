"""What ships with Nightlight: themes, prompts, paths, guides, the quiz, Help's topics and helplines, read from files and checked.

Each `data/<language>/` has `themes.toml`, a file for each theme, `paths/`, `guides/`, `where-to-start.toml` and `help.toml`; beside them
are `order.toml` and `helplines.toml`. English has everything; other languages have only texts, and whatever one lacks is
shown in English.
"""
