// A page stays live: a stream that could not begin is begun again, and the reader is told meanwhile.
// One that broke is taken up again by htmx; here it is only hurried.
(() => {
  const FIRST = 1_000;
  const LONGEST = 30_000;
  const UNNOTICED = 500;
  const broken = new Map();
  const streams = (element) => element?.hasAttribute?.("hx-sse:connect");

  function show() {
    for (const element of broken.keys()) if (!element.isConnected) mend(element);
    const sign = document.getElementById("not-live");
    if (!sign || sign.hidden === !broken.size) return;
    sign.hidden = !broken.size;
    sign.firstElementChild.textContent = broken.size ? sign.dataset.says : "";
  }

  function mend(element) {
    clearTimeout(broken.get(element)?.timer);
    broken.delete(element);
  }

  function begin(element) {
    if (!element.isConnected) return show();
    htmx.ajax("GET", element.getAttribute("hx-sse:connect"), { source: element });
  }

  function failed(element) {
    const tries = (broken.get(element)?.tries ?? 0) + 1;
    const pause = Math.min(LONGEST, FIRST * 2 ** (tries - 1)) * (0.7 + 0.6 * Math.random());
    mend(element);
    const now = () => {
      clearTimeout(state.timer);
      state.now = () => {}; // under way
      begin(element);
    };
    const state = { tries, now, timer: setTimeout(() => state.now(), pause) };
    broken.set(element, state);
    setTimeout(show, UNNOTICED);
  }

  function hurry() {
    if (document.hidden) return;
    for (const state of [...broken.values()]) state.now();
  }

  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (ctx && !ctx.response && streams(ctx.sourceElement)) failed(ctx.sourceElement);
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const waits = ctx.hx.session && !ctx.hx.redirect; // for its member to sign in again
    if (!streams(ctx.sourceElement) || (ctx.response.status < 500 && !waits)) return;
    event.preventDefault();
    failed(ctx.sourceElement);
  });
  document.addEventListener("htmx:sse:error", (event) => {
    const { connection } = event.detail;
    if (!connection || !streams(event.target)) return;
    broken.set(event.target, { tries: 0, now: () => connection.delayCanceller?.() });
    setTimeout(show, UNNOTICED); // not for the moment in which a page is left
  });
  for (const name of ["htmx:sse:after:connection", "htmx:sse:close"]) {
    document.addEventListener(name, (event) => {
      mend(event.target);
      show();
    });
  }
  document.addEventListener("htmx:after:swap", show);
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
})();
