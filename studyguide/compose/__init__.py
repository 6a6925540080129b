"""Guide + Edition → Book: the sections of a book, each as HTML, and their stylesheet.

composition  runs the others for one edition; sections that state page numbers are made when the others have pages
remember     facts and HTML of a section, kept for the next build
completeness a section has all texts that its edition promises
plan         which sections an edition has, in which order, and where the parts of a question go
outline      all that lists of the whole book say of it
templates    names and values → HTML; the only module that imports Jinja
judge        HTML that a guide's templates print → the first Danger in it
glossary     links terms where they are used, and counts the uses
index        the pages of terms and tags
alphabet     the order of names, and the headings that they stand under
links        links to what the edition contains, with page references in print
typography   no-break spaces
stylesheet   the files of styles/ that an edition uses → one CSS text
look         the colours, faces and sizes of a guide → variables and CSS that are laid over these
mirror       the styles of a book from right to left, and the digits of its holes
"""
