"""A journal as a book: chosen nights, typeset with WeasyPrint, which a site has where the extra `book` is installed.

`pages` is what the book holds, `drawings` how each feeling is drawn, `typesetting` makes a PDF of both, and `making` does it as a job.
"""
