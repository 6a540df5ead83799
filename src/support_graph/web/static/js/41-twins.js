// A slider beside a number: each follows the other, and the number counts.
(() => {
  document.addEventListener("input", (event) => {
    const slider = event.target.closest("[data-twin]");
    if (slider) {
      const number = document.getElementById(slider.dataset.twin);
      number.value = slider.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.target.id) {
      const twin = document.querySelector(`[data-twin="${CSS.escape(event.target.id)}"]`);
      if (twin) twin.value = event.target.value;
    }
  });
})();
