"""What the bytes of known devices mean: a module for each vendor, values under the names that vendors use.

Formats are facts from the vendors' manuals; the names are those of their own decoders, so that what a server decodes
and what is decoded here are mapped alike.
"""
