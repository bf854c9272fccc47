"""Views of a practice: who is in it, what is shared in it, and handing a client over to a colleague."""
