/* Reminders on this device: [data-push]. */
