"""In: what editors write. Out: NewsItem and Campaign, approved and past their embargo, with a text per language."""
