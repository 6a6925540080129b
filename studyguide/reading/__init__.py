"""Disk → Project: files, configuration, dates."""
