"""The Library page: the articles in the folder, and changing them."""
