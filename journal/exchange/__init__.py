"""A journal taken in and taken away: other journals' files, exports, the book."""
