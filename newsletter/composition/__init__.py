"""In: an Edition and a language. Out: a Message, frozen: subject, HTML, text, slots, links."""
