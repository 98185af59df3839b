"""In: the files in seeds/. Out: the same content, newsletter, subscribers and edition, however often it runs."""
