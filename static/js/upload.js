/* Sends a large file in slices: form[data-upload]. */
