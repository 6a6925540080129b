"""Guide → Problems: checks, warnings, spelling, and how they are reported."""
