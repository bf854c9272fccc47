"""Where people live: time zones as cities, and how times are written there."""
