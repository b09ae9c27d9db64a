// What the page can do with scripts, without any library: sort the headline, copy a table as CSV,
// open every fold before printing. Nothing here is needed to read the report.
"use strict";
(() => {
  const number = (text) => {
    if (text.startsWith("∞")) return Infinity;
    const value = parseFloat(text);
    return Number.isNaN(value) ? null : value;
  };

  const sort = (table, column) => {
    const body = table.tBodies[0];
    const text = (row) => row.cells[column].textContent.trim();
    const down = table.dataset.sorted === String(column);
    const rows = [...body.rows].sort((a, b) => {
      const x = number(text(a)), y = number(text(b));
      if (column === 0 || (x === null && y === null)) return text(a).localeCompare(text(b));
      if (x === null || y === null) return x === null ? 1 : -1;
      return x === y ? 0 : x - y;
    });
    if (down) rows.reverse();
    table.dataset.sorted = down ? "" : String(column);
    body.append(...rows);
  };

  for (const table of document.querySelectorAll("table.headline")) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = "sort by this column";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => sort(table, column));
      cell.append(button);
    });
  }

  const csv = (table) =>
    [...table.rows].map((row) =>
      [...row.cells].map((cell) =>
        '"' + cell.textContent.trim().replaceAll('"', '""') + '"').join(",")).join("\r\n");

  const copy = async (button, text) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    button.textContent = done ? "copied" : "copying is not allowed here";
  };

  for (const table of document.querySelectorAll("table.headline, table.data")) {
    const tools = document.createElement("div");
    const button = document.createElement("button");
    tools.className = "tools";
    button.type = "button";
    button.textContent = "copy as CSV";
    button.addEventListener("click", () => copy(button, csv(table)));
    tools.append(button);
    table.parentElement.after(tools);
  }

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("figure details:not([open]), details:not([open]):has(.more)")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
})();
