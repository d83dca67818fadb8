"""The drills (`make drill`): what is told in docs/reliability.md is tried out; nothing may break.

`__main__` lists them, `outcome` counts. Of the drill of faults, `machine` holds the processes, `faults` does
the harm, `orders` asks for work and tells from outside what is wrong with what became of it, `rounds` repeats
that, `table` counts by fault. `release` runs the programs of a version, `filling` makes a long history.
"""
