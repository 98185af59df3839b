// A mailing's page is renewed part by part every two seconds: what somebody opened stays open.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  for (const open of event.detail.target.querySelectorAll("details[open][id]")) {
    const same = event.detail.fragment.querySelector(`#${CSS.escape(open.id)}`);
    if (same) same.open = true;
  }
});
