"""Preparing a session: what a client shared in a span, the counselor's notes, and the record of it all for their own files."""
