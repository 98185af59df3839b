/* Leads from a finding to its words: opens the language's tab, goes to the field and marks the words in it. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-words]");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  openTabOf(field);
  requestAnimationFrame(() => show(field, link.dataset.words));
});

function openTabOf(field) {
  const wrapper = field.closest(".tab-wrapper");
  if (!wrapper) return;
  const wrappers = [...wrapper.parentElement.querySelectorAll(":scope > .tab-wrapper")];
  const tabs = wrapper.parentElement.querySelectorAll(":scope > div > nav > a");
  tabs[wrappers.indexOf(wrapper)]?.click();
}

function show(field, words) {
  const editor = field.closest(".prose-editor")?.querySelector(".ProseMirror");
  const seen = editor || field;
  seen.focus({ preventScroll: true });
  seen.scrollIntoView({ block: "center", behavior: "instant" });
  const start = editor ? -1 : field.value.indexOf(words);
  if (start >= 0) field.setSelectionRange(start, start + words.length);
}
