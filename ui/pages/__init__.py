"""The pages of the app, each in a folder of its own: what a visitor has open, how it looks, what a click does."""
