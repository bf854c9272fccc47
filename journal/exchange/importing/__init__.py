"""Taking a journal in: the file, a look at it before anything happens, the pages in the background, and taking them back."""
