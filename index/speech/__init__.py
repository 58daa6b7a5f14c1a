"""Who says what in an article: `index.speech.attribution.attribute` is the way in."""
