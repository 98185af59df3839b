"""In: content chosen by an editor. Out: an Edition with ordered blocks and a text per language, approved."""
