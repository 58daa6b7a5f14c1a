"""How the index is kept: the only place that knows of Chroma, SQLite and the folders they lie in."""
