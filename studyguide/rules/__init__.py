"""Project, Guide → Problems.

check     the table of all checks; says how to add one
questions, labels, answers, choices, kinds, links, figures, editions, markdown, words, controls, twins    the checks, by subject
drawings, pictures    judge the file of a figure
spelling  looks words up in a dictionary
prove     finds the code and sums of a guide and reports failures; ``runtime.run_examples`` runs them
ignore    drops the warnings that guide.toml ignores
reporting Problems → text, JSON, GitHub workflow commands or SARIF
"""
