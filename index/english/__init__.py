"""English, as tables of words: the place to add a word."""
