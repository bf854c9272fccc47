"""What ships to be asked, read from prompts/library/ and checked.

`prompts/library/<language>/`: `themes.toml`, a file for each theme, `paths/`, `guides/` and `where-to-start.toml`;
beside the languages `order.toml` and `helplines.toml`. English holds everything; another language holds only words,
and whatever it lacks is shown in English.
"""

from prompts.shelf.files import LIBRARY, LibraryError
from prompts.shelf.questions import PromptText, Shelf, ThemeText, read

__all__ = ["LIBRARY", "LibraryError", "PromptText", "Shelf", "ThemeText", "read"]
