"""Who says what in an article: start from `index.speech.attribution.attribute`."""
