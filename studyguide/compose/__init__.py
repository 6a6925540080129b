"""Guide + Edition → Volume: which sheets a book has and the HTML of each."""
