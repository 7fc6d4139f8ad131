"""Home Assistant: what it and devices made for it say of entities, and what their states mean."""
