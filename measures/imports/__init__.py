"""The way back: a table that was edited elsewhere is read, checked, shown, written, and taken back.

`words` reads a cell, `tables` finds out what a sheet is, `check` compares it with the portal, `write` does
what was shown. What may be stored is decided by the forms that the pages use.
"""
