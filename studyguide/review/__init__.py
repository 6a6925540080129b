"""Spread the questions of an edition over days, and write these days down.

plan      questions, days after the first look → ReviewDays, for the table of a printed book
calendar  ReviewDays, a first day → the text of an iCalendar file (RFC 5545)
"""
