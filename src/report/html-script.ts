/**
 * The script of a page: headers become buttons that sort, long tables get a box to filter them, and
 * the contents mark where the reader is. Without it the page has the same text.
 */
export const htmlScript: string = `
'use strict';
(() => {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

  /** What a row is sorted by; null goes to the end, whatever the direction. */
  const keyOf = (row, column, isNumeric) => {
    const cell = row.cells[column];
    if (cell === undefined) return null;
    if (isNumeric) return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
    const text = cell.textContent.trim();
    return text === '' ? null : text;
  };

  const compare = (a, b, isNumeric) => {
    if (!isNumeric) return collator.compare(a, b);
    return a < b ? -1 : a > b ? 1 : 0;
  };

  const makeSortable = (table) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    if (original.length < 2) return;

    const sortBy = (header, column) => {
      const isNumeric = header.hasAttribute('data-numeric');
      const first = isNumeric && !header.hasAttribute('data-ascending') ? 'descending' : 'ascending';
      const second = first === 'ascending' ? 'descending' : 'ascending';
      const before = header.getAttribute('aria-sort');
      const direction = before === null ? first : before === first ? second : null;
      for (const each of headers) each.removeAttribute('aria-sort');
      let rows = original;
      if (direction !== null) {
        header.setAttribute('aria-sort', direction);
        const sign = direction === 'ascending' ? 1 : -1;
        const keyed = original.map((row) => ({
          row,
          isRest: row.hasAttribute('data-rest'),
          key: keyOf(row, column, isNumeric),
        }));
        keyed.sort((a, b) => {
          if (a.isRest !== b.isRest) return a.isRest ? 1 : -1;
          if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
          return sign * compare(a.key, b.key, isNumeric);
        });
        rows = keyed.map(({ row }) => row);
      }
      body.append(...rows);
    };

    headers.forEach((header, column) => {
      if (header.textContent.trim() === '') return;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener('click', () => sortBy(header, column));
    });
  };

  const makeFilter = (table) => {
    const region = table.parentElement;
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hasAttribute('data-rest'));
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const bar = document.createElement('div');
    bar.className = 'filter';
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'Filter ' + rows.length.toLocaleString('en') + ' rows';
    input.setAttribute('aria-label', 'Filter rows of ' + region.getAttribute('aria-label'));
    const count = document.createElement('output');
    count.setAttribute('aria-live', 'polite');
    bar.append(input, count);
    region.before(bar);
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(' ').filter((word) => word !== '');
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = !words.every((word) => texts[index].includes(word));
        if (!row.hidden) shown += 1;
      });
      count.textContent = words.length === 0 ? '' : shown.toLocaleString('en') + ' shown';
    });
  };

  for (const table of document.querySelectorAll('table[data-sortable]')) makeSortable(table);
  for (const table of document.querySelectorAll('table[data-filter]')) makeFilter(table);

  const links = new Map(
    [...document.querySelectorAll('nav a')].map((link) => [link.hash.slice(1), link]),
  );
  const sections = [...links.keys()].map((id) => document.getElementById(id));
  const mark = () => {
    // The last one that begins above a line in the upper part of the window.
    const above = sections.filter((section) => section.getBoundingClientRect().top < 140);
    const current = above.at(-1) ?? sections[0];
    for (const [id, link] of links) {
      if (id === current.id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  if (sections.length > 0) {
    let isDue = false;
    const schedule = () => {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        mark();
      });
    };
    addEventListener('scroll', schedule, { passive: true });
    mark();
  }
})();
`;
