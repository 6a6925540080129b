"""The machine: everything here may use the disk, processes or the clock.

cache           results of stages on the disk, by the digest of what they were made of
workers         many jobs at once: in this process, in worker processes, or on a Dask cluster
write           files to the output folder: all of them or none
fonts           the faces of books and of their labels, and their subsets
truetype        one file of a face: its facts, its subsets, what is made of it
fontconfig      shows fontconfig the faces of the program, and none of the machine
dictionary      spelling dictionaries
run_examples    runs the code of a guide in a process of its own
person          the name and the language of the person who starts the program
preflight       says what this machine lacks; runs on any Python 3
file_stamp      whether a file is unchanged
plain_file      reads a file, and no link, pipe or device in its place
search_index    the index of the search of web pages, by Pagefind
user_folder     the folder for what can be made again
zip_archive     ZIP files with the same bytes everywhere
"""
