"""`vicino evaluate simulated`: the analysis on simulated lives whose truth is known, walked through day by day.

| module | what |
|---|---|
| `walk` | one home from its first day to its last: at each moment only what could have been known then |
| `moments` | at which moments the answer can change |
| `matching` | which finding counts for which event, and which is false |
| `homes` | lives to outcomes, over all cores |
| `figures` | what they come to |
| `report` | the same for people: on the terminal, and as a page with pictures |
"""
