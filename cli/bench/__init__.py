"""`vicino bench`: measurements that anybody can repeat."""
