"""Articles in a folder, kept as sentences in Chroma: `Library(load_settings())` is the way in."""
