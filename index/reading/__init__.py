"""A file of any format in, the Articles in it out: `index.reading.files.read_file` is the way in."""
