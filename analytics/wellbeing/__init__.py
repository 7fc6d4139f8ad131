"""How a person's day stands, in one word: as usual, out of the ordinary, urgent, or not known; and who needs a look.

| module | what |
|---|---|
| `state` | the words: states, why there is none, what contributes, the parts of life |
| `parts` | which parts of life could be judged on a day, which are still learned, which no sensor shows |
| `told` | on which days what was told counts |
| `fusing` | from all of that to one state |
| `judging` | states the days of a home anew where what they rest on is new or different |
| `attention` | in which order homes ask for somebody's attention |
| `wording` | all of it in words |
"""
