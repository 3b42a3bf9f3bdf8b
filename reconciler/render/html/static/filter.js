// Filters the titles of a list without reloading the page. Without scripts, the form is submitted.
const form = document.querySelector("form.filter");
const titles = document.getElementById("titles");
let latest = 0;
let waiting;

async function update() {
  const query = new URLSearchParams(new FormData(form));
  const url = `${location.pathname}?${query}`;
  const number = ++latest;
  const response = await fetch(url);
  if (number !== latest || !response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  titles.replaceChildren(...page.getElementById("titles").childNodes);
  history.replaceState(null, "", url);
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(update, 120);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  update();
});
