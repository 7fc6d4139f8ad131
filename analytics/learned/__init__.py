"""A detector that learns from days that people have labelled. Numbers in, probabilities out, no pickled objects.

`movement` counts changes of rooms, `features` describes the parts of a day by them, `logistic` and `boosting` are the
families of models, `model` is the detector, `choice` chooses among candidates on earlier days alone. `shipped` is the
model of this version, `lately` the days of a home as they are kept, `telling` the finding; `of_home` stores it every
night, and is all of it that touches the database.
"""
