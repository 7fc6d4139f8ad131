"""What the API shows and takes, one module for each kind of thing."""
