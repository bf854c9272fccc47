"""Our list beside those of other projects, where these are installed: `make bench-peers`."""
