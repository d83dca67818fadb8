"""The drill of an upgrade (`make drill ONLY=upgrade`): from the first release to this version, back, again.

`visits` are people who read and write all the while, `locks` sees who waits for whom, `holding` tells what
must have stayed the same, and `session` goes through it all.
"""
