"""The fault drill (`make drill`): processes are killed and services taken away; nothing may break.

`machine` holds the processes, `faults` does the harm, `orders` asks for work and tells from outside what is
wrong with what became of it, `rounds` repeats that, `table` counts.
"""
