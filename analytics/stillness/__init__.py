"""Stillness: for how long nobody moves, judged against how long that usually lasts at this hour, from this room.

| module | what |
|---|---|
| `quiet` | the times without a sign of anybody, and what is kept of them of each day |
| `habit` | how long they usually last, by the hour and the room of the last sign |
| `absence` | how long nobody usually is at home |
| `detector` | the two together: from what moment on it is worth a finding |
| `judging` | the findings of a day, also of what goes on |
| `words` | how they are said |
"""
