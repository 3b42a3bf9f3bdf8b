// Attaches the rows the raw page does not have, late: after a moment, or when the last one is seen.
(() => {
  const list = document.querySelector("ul.ipc-metadata-list");
  const rows = JSON.parse(document.getElementById("sandbox-late-rows").textContent);
  const attach = (count) => list.insertAdjacentHTML("beforeend", rows.splice(0, count).join(""));
  if (list.dataset.late === "delayed") {
    setTimeout(() => attach(rows.length), 500);
    return;
  }
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    setTimeout(() => {
      attach(75);
      if (rows.length) watcher.observe(list.lastElementChild);
    }, 150);
  });
  if (rows.length) watcher.observe(list.lastElementChild);
})();
