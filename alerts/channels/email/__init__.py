"""E-mail over SMTP: an insecure channel, so a message says only that there is an alert, where roughly, and a link."""
