"""What readers share: archives, JSON a value at a time, texts, dates, HTML, and how an entry is put together."""
