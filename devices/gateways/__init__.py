"""Which gateways may connect, what each was told to do, and whether it does."""
