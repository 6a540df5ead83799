// What somebody is about to open is fetched ahead: the row that the pointer rests on, or the focus.
(() => {
  const RESTS = 40;
  const FRESH = 4000;
  let ahead = null;
  let resting = 0;

  const row = (event) => event.target.closest?.("[data-row][hx-get]:not([aria-current])");

  function look(at) {
    const path = at.getAttribute("hx-get");
    if (ahead?.path === path && Date.now() < ahead.until) return;
    ahead?.stop.abort();
    const stop = new AbortController();
    const { member } = document.getElementById("toasts").dataset;
    const page = { "HX-Request": "true", "HX-Current-URL": location.href, "SG-Member": member };
    const headers = { ...page, "HX-Target": at.getAttribute("hx-target"), Accept: "text/html" };
    const answer = fetch(path, { headers, signal: stop.signal });
    answer.catch(() => {}); // whoever opens it asks again
    ahead = { path, stop, answer, until: Date.now() + FRESH };
  }

  function rest(event) {
    clearTimeout(resting);
    const at = row(event);
    if (at) resting = setTimeout(() => look(at), RESTS);
  }

  document.addEventListener("pointerover", rest);
  document.addEventListener("focusin", rest);
  document.addEventListener("pointerdown", (event) => {
    const at = row(event);
    if (at) look(at);
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const known = ahead;
    if (known?.path !== ctx?.request.action) return;
    ahead = null;
    if (Date.now() > known.until) return;
    ctx.fetch = (path, request) => known.answer.catch(() => fetch(path, request));
  });
})();
