"""How a person's days change: every indicator against the person's own past, over one day and over several.

| module | what |
|---|---|
| `departure` | how far the last day, or the mean of the last few, lies from what was usual before them |
| `absence_of` | for how many days in a row something did not happen at all that usually does |
| `domains` | which indicators speak of the same part of life, and over how many days each is looked at |
| `reference` | how rare such a departure is among the calm days of many homes |
| `day` | what a day comes to in each domain |
| `runs` | from days that follow each other to one change with a beginning |
| `budget` | from which rarity on a change is told, so that no more is told than there are people to look |
"""
