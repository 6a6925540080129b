"""Guide → Problems: checks, warnings, spelling, examples, and the formats in which Problems are reported.

``check.py`` has the table of all checks, and says how to add one.
"""
