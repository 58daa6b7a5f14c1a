"""The Library page: the articles in the folder, which can be added and removed there."""
