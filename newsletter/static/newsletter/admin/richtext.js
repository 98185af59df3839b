/* Tells whoever hears the page what each rich-text field is called: the editor replaces the field its label points at. */
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = textarea.labels[0] || document.querySelector(`label[for="${textarea.id}"]`);
  const field = editor.view.dom;
  if (label) field.setAttribute("aria-label", label.textContent.replace("*", "").trim());
  if (textarea.lang) field.setAttribute("lang", textarea.lang);
});
