"""LoRaWAN: what network servers say, what devices' bytes mean, and which of the named values are our quantities."""
