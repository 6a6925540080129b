// Questions that the page itself checks: choices, pairs, orders and blanks. `site.js` loads this file on pages that have some.
(() => {
  "use strict";
  const { all, one, questions } = studyguide;

  function prepareQuestion(question) {
    const { kind, right, words } = question.dataset;
    const template = one('template[data-name="check"]');
    const gap = one("[data-gap]", template.content).dataset.gap;
    const checks = [];
    let serial = 0;
    const name = () => gap.replace("{number}", ++serial);
    if (kind === "choices") checks.push(...prepareChoices(question, right.split(/[\s,]+/)));
    if (kind === "matching") checks.push(...prepareMatching(question, right.split(" "), name));
    if (kind === "ordering") checks.push(...prepareOrdering(question, right.split(" "), name));
    if (words) checks.push(...prepareBlanks(question, words.split("\n"), name));
    if (!checks.length) return;
    const bar = template.content.cloneNode(true);
    const status = one("[data-gap]", bar);
    one("button", bar).addEventListener("click", () => {
      const isRight = checks.map((check) => check()).every(Boolean);
      status.textContent = isRight ? status.dataset.right : status.dataset.wrong;
      status.className = isRight ? "right-mark" : "wrong-mark";
    });
    const last = all("ol.choices, table.matching, .task, .blank", question).filter((each) => !each.closest("details")).pop();
    const block = last?.closest("p, ol, table, ul, h2") ?? one("h2", question);
    (block.closest("ul, ol, table, .table") ?? block).after(bar);
  }

  function show(element, isRight) {
    element.dataset.mark = isRight ? "right" : "wrong";
    return isRight;
  }

  function prepareChoices(question, right) {
    const list = one("ol.choices", question);
    const items = all(":scope > li", list);
    return items.map((item, place) => {
      const letter = one(".letter", item).textContent.trim();
      const input = document.createElement("input");
      input.type = right.length > 1 ? "checkbox" : "radio";
      input.name = `${question.id}.choice`;
      item.id ||= `${question.id}.option-${place}`;
      input.setAttribute("aria-labelledby", item.id);
      item.prepend(input);
      item.addEventListener("click", (event) => {
        if (!event.target.closest("a, input, button")) input.click();
      });
      input.addEventListener("change", () => items.forEach((each) => delete each.dataset.mark));
      return () => {
        const isWanted = right.includes(letter);
        if (input.checked) show(item, isWanted);
        else delete item.dataset.mark;
        return input.checked === isWanted;
      };
    });
  }

  function makeSelect(values, label, right) {
    const select = document.createElement("select");
    select.append(...["", ...values].map((value) => new Option(value, value)));
    select.setAttribute("aria-label", label);
    return [select, () => show(select, select.value === right)];
  }

  function prepareMatching(question, right, name) {
    const table = one("table.matching", question);
    const letters = all("td.letter", table).map((cell) => cell.textContent.trim());
    return all("td.blank", table).map((cell, row) => {
      const [select, check] = makeSelect(letters, name(), right[row]);
      cell.replaceChildren(select);
      return check;
    });
  }

  function prepareOrdering(question, right, name) {
    return all("ol.choices > li", question).map((item) => {
      const letter = one(".letter", item).textContent.trim();
      const places = right.map((_, place) => String(place + 1));
      const [select, check] = makeSelect(places, `${name()}: ${letter}`, String(right.indexOf(letter) + 1));
      item.prepend(select);
      return check;
    });
  }

  const tidy = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ").replace(/−/g, "-").toLowerCase();

  /** True for the words themselves, or a number within the tolerance of `9.81 ± 0.05 m`. */
  function isSame(given, wanted) {
    if (!tidy(given)) return false;
    const range = /^([-+]?[\d.]+)\s*(?:±|\+\/?-)\s*([\d.]+)\s*(%?)\s*(.*)$/.exec(tidy(wanted));
    if (!range) return tidy(given) === tidy(wanted);
    const [, middle, size, percent, unit] = range;
    const number = /^([-+]?[\d.]+)\s*(.*)$/.exec(tidy(given).replace(/(\d),(\d)/, "$1.$2"));
    const most = percent ? Math.abs(middle * size) / 100 : Number(size);
    return Boolean(number) && Math.abs(number[1] - middle) <= most * (1 + 1e-9) && (!number[2] || number[2] === unit);
  }

  function prepareBlanks(question, words, name) {
    return all(".blank", question).filter((each) => each.tagName === "SPAN" && !each.closest("details")).map((blank, place) => {
      const input = document.createElement("input");
      const answers = (words[place] ?? "").split("\t");
      Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, size: 12 });
      input.setAttribute("aria-label", name());
      blank.textContent = blank.textContent.replace(/_+/, "");
      blank.append(input);
      return () => show(input, answers.some((answer) => isSame(input.value, answer)));
    });
  }

  questions().forEach(prepareQuestion);
})();
