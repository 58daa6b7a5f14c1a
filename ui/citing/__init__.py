"""Citations that other systems read: an Answer or its sentences in, one of several formats out."""
