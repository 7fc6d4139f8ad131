"""Signed webhooks, for the systems of an association or a call centre: headers as Standard Webhooks has them."""
