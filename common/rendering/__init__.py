"""Parts of pages for which Django’s general way is slow: the addresses of rows, and form widgets; and mails."""
