"""A detector that learns from days that people have labelled. Pure: numbers in, probabilities out, no pickled objects.

`movement` counts changes of rooms, `features` describes the parts of a day by them, `logistic` and `boosting` are the
families of models, `model` is the detector, `choice` chooses among candidates on earlier days alone.
"""
