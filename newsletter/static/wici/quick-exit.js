// Quick exit (G12). Without this file the link still leads away; with it the page leaves no entry to go back to, the
// screen is emptied at once, and Escape pressed three times within five seconds does the same.
"use strict";
(() => {
  const link = document.querySelector("[data-quick-exit]");
  if (!link) return;
  document.documentElement.classList.add("has-script");
  let presses = [];

  function leave() {
    document.title = "\u2026";
    document.body.replaceChildren();
    window.location.replace(link.href);
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      presses = [];
      return;
    }
    presses = [...presses.filter((time) => event.timeStamp - time < 5000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
})();
