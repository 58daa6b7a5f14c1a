"""A text in, its sentences out, with exact offsets: start from `index.sentences.splitting.split_sentences`."""
