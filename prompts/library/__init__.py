"""What ships to be asked: themes, prompts, paths, guides, the quiz and helplines, read from files and checked.

`data/<language>/`: `themes.toml`, a file for each theme, `paths/`, `guides/` and `where-to-start.toml`; beside the languages
`order.toml` and `helplines.toml`. English holds everything; another language holds only words, and whatever it lacks is
shown in English.
"""
