"""Project, Guide → Problems.

check     the table of all checks; says how to add one
questions, labels, answers, choices, kinds, links, figures, editions, exams, look, styles, markdown, latex, words, controls, twins    the checks,
          by subject
boxes     the boxes of options, for several checks
figure_faults         judges the file of a figure, where its time and memory are limited; uses the next four modules
drawings, pictures    a drawing; a picture of pixels
drawing_size, drawing_numbers    the work that a drawing makes; its numbers and outlines
spelling  looks words up in a dictionary
prove     finds the code and sums of a guide and reports failures; ``runtime.run_examples`` runs them
ignore    drops the warnings that guide.toml ignores
reporting Problems → text, JSON, GitHub workflow commands or SARIF
"""
