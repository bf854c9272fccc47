"""Taking a journal in and away."""
