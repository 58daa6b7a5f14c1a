"""Articles in a folder, kept as sentences in Chroma: `Library.open(load_settings())` is the way in."""
