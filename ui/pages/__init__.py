"""The pages of the app, a folder each: what a visitor has open, how it looks, what a click does. See `page`."""
