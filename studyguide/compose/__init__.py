"""Guide + Edition → Book: which sections a book has and the HTML of each."""
