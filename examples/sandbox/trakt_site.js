// The app: requests items a hundred at a time when the end of the page comes into view, and mounts
// a card only while its place is near the visible part of the page.
(() => {
  const app = document.getElementById("app");
  const element = (tag, className, parent) => {
    const made = document.createElement(tag);
    made.className = className;
    parent.append(made);
    return made;
  };

  const view = (text) => { element("p", "trakt-view-message", app).textContent = text; };

  const mount = (place) => {
    const card = element("div", "trakt-card", place);
    const link = element("a", "trakt-link", card);
    link.href = place.dataset.path;
    element("p", "trakt-card-title", link).textContent = place.dataset.title;
  };

  const cards = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => {
    if (!isIntersecting) target.replaceChildren();
    else if (!target.firstChild) mount(target);
  }), { rootMargin: "100% 0px" });

  const ask = async (page) => {
    const query = new URLSearchParams(location.search);
    query.set("page", page);
    const answer = await fetch(`/sandbox/app-data${location.pathname}?${query}`);
    if (answer.status === 404) return view("404 - Page not found");
    if (answer.status === 403) return view("This list is private");
    if (!answer.ok) return view("Something went wrong");
    const content = await answer.json();
    document.title = `${content.name} - Trakt`;
    if (!app.firstChild) {
      const container = element("section", "trakt-grid-list-container", app);
      element("div", "trakt-list-items", container).setAttribute("role", "list");
      element("div", "trakt-list-end", app).style.height = "1px";
    }
    show(content.items);
    if (page < content.pages) more(page + 1);
    else if (!content.pages) view("Nothing here yet");
  };

  const show = (items) => {
    const list = app.querySelector(".trakt-list-items");
    items.forEach((item) => {
      const place = element("div", "trakt-list-item", list);
      place.setAttribute("role", "listitem");
      Object.assign(place.dataset, { path: item.path, title: item.title });
      cards.observe(place);
    });
  };

  // The short wait is the point: cards come late, and a reader must look again, not count once.
  const more = (page) => {
    const end = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      end.disconnect();
      setTimeout(() => ask(page), 250);
    });
    end.observe(app.querySelector(".trakt-list-end"));
  };

  setTimeout(() => ask(1), 300);
})();
