"""The verbs of committees, one file per subject. Each is one transaction, in the history with who and why.

What the rules of procedure forbid raises ValidationError with a German message, ready for a form.
"""
