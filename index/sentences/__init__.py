"""A text in, its sentences out, with exact offsets: `index.sentences.splitting.split_sentences` is the way in."""
