"""What a webhook must be."""

# Of the JSON body: a program that reads another version has to refuse it.
VERSION = 1
SHORTEST_SECRET = 24  # bytes, as Standard Webhooks asks for
GONE = 410  # of HTTP: nobody is there any more, and nobody will be
