"""What the terminal and files show: plain text, Markdown, JSON and SVG."""
