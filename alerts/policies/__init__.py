"""Who is told of an alert and when, as each organisation decides it: policies as data, with versions."""
