"""Markdown text → Guide: structure, HTML, maths, numbers."""
