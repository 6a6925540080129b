// The search. `site.js` loads this file, which loads the index, when a reader first searches.
(() => {
  "use strict";
  const { one } = studyguide;

  /** A letter of a script that puts no spaces between words: each is indexed by itself. */
  const UNSPACED = /([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])/g;
  const SPACED = new RegExp(`${UNSPACED.source} `, "g");

  let engine = null;
  let lastSearch = 0;

  async function search(text) {
    const dialog = one('dialog[data-name="search"]');
    const status = one(".status", dialog);
    const list = one(".results", dialog);
    if (location.protocol === "file:") {
      status.textContent = status.dataset.file;
      return;
    }
    const serial = ++lastSearch;
    try {
      engine ??= import(new URL("search/pagefind.js", document.baseURI).href);
      const found = text.trim() ? await (await engine).search(text.replace(UNSPACED, "$1 ")) : { results: [] };
      const results = await Promise.all(found.results.slice(0, 20).map((each) => each.data()));
      if (serial !== lastSearch) return;
      status.textContent = results.length ? String(found.results.length) : text.trim() ? status.dataset.none : "";
      list.replaceChildren(...results.map(writeResult));
    } catch {
      engine = null;
      status.textContent = status.dataset.failed;
    }
  }

  function writeResult(result) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const excerpt = document.createElement("p");
    link.href = result.meta.address;
    link.textContent = result.meta.title;
    link.addEventListener("click", () => one('dialog[data-name="search"]').close());
    // Of the excerpt, only texts and marks are taken.
    for (const node of new DOMParser().parseFromString(result.excerpt, "text/html").body.childNodes) {
      if (!node.textContent.trim() && excerpt.textContent.slice(-1).search(UNSPACED) === 0) continue;
      const piece = document.createElement(node.nodeName === "MARK" ? "mark" : "span");
      piece.textContent = `${node.textContent} `.replace(SPACED, "$1").replace(/ $/, ""); // without the space that was added
      excerpt.append(piece);
    }
    item.append(link, excerpt);
    return item;
  }

  let waiting = 0;
  one('dialog[data-name="search"] input').addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => search(event.target.value), 150);
  });

  studyguide.search = search;
})();
