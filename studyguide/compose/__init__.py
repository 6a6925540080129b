"""Guide + Edition → Book: the sections of a book, each as HTML, and their stylesheet.

composition  runs the others for one edition; sections that state page numbers are made when the others have pages
plan         which sections an edition has, in which order, and where the parts of a question go
templates    names and values → HTML; the only module that imports Jinja
glossary     links terms where they are used; the entries of the index
links        links to what the edition contains, with page references in print
typography   no-break spaces
stylesheet   the files of styles/ that an edition uses → one CSS text
"""
