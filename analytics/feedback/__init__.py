"""What operators found out about what was told, and what is learned of it.

`actions` takes outcomes over from the alerts, `shift` says by how much they move a threshold, `precision` how often
each detector was right.
"""
