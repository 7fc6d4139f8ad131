"""What is silent in a home, and why: evidence in, verdicts out. Pure: no database, no clock, no chance.

First the gateway, then its devices, then the person: what the first explains is not asked of the next. The classes, the
evidence for each and the limits are described in docs/reference/silence.md, the reasons in docs/decisions/0019.
"""
