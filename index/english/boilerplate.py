"""What articles hold besides their prose, as tables: captions, credits, links and what asks for something."""

from __future__ import annotations

from index.words import phrases

# A short sentence with one of these phrases is no part of the story.
FURNITURE = phrases(
    """
    all rights reserved, associated press writer, by email, click here, contributed reporting, contributed to this,
    copyright, email us, file photo, follow us, getty images, image caption, image copyright, listen to, newsletter,
    on facebook, on twitter, photo by, photograph by, read more, read the full, reporting by, sign up, subscribe,
    this article was, this post has been, this story has been, ap photo, updated at, watch the video, watch:
    """
)
