"""Access control at the broker: what each account may publish and read, in the forms that brokers take."""
