"""Web push: encrypted from us to the browser, so a message may name somebody; the service in between sees nothing."""
