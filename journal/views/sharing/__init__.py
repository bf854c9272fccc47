"""What a parent shares with a counselor, what a counselor gave them, and who supports them."""
