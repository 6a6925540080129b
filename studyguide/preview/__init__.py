"""Show a guide in the browser while it is written: the book as a reader sees it, beside the printed pages.

session      waits for changes, builds, and publishes what it has built; runs in the main thread, which jobs need
board        the values that the page shows: the newest books, the place of the last edit, the problems
reader       an EPUB → its files, and the places of anchors
printed      a PDF → pictures of its pages, and the places of anchors
server       answers the browser, in a thread of its own; the only module that imports starlette and uvicorn
assets       the page: its HTML, its style, its script

Nothing is written to the disk but the cache, and nothing is served but the page, the files of the EPUB and pictures of pages.
"""
