"""In: an article pasted or uploaded as text, Markdown, HTML or .docx. Out: a draft with title, lead, body, and its figures."""
