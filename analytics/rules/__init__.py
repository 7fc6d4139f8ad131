"""Rules: what is out of the ordinary by a limit or a timetable that can be said in a sentence.

One module each, all alike (see `protocol`): heat, cold, leaving at night, the front door at night, a visit that was
expected, vital signs. They are pure; what they need of earlier days is asked for only when it is needed (`past`).
"""
