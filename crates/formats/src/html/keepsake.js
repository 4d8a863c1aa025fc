
'use strict';
(() => {
  const bar = document.getElementById('search');
  const box = document.getElementById('words');
  const told = document.getElementById('found');
  const months = [...document.querySelectorAll('.month')].map((section) => ({
    section,
    pages: [...section.querySelectorAll('article')].map((page) => ({ page, text: null })),
  }));
  const all = months.flatMap((month) => month.pages);
  if (all.length === 0) return;
  bar.hidden = false;

  // Without case and without what is set above, below or into letters, as the journal's own
  // search does it.
  const bare = (text) =>
    text.normalize('NFD').replace(/[\p{M}\u0640]/gu, '').toUpperCase().toLowerCase()
      .replace(/ς/g, 'σ');
  const fold = (text) =>
    (/^[\t\n -~]*$/.test(text) ? text.toLowerCase() : bare(text)).replace(/\s+/g, ' ');
  const letters = new Map();
  const foldLetter = (letter) => {
    let plain = letters.get(letter);
    if (plain === undefined) letters.set(letter, plain = fold(letter));
    return plain;
  };
  const textOf = (entry) => (entry.text ??= fold(entry.page.textContent));

  const number = (count) => count.toLocaleString('en');
  const counted = (count) =>
    `${number(count)} ${count === 1 ? bar.dataset.one : bar.dataset.many}`;

  const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
  if (marks) CSS.highlights.set('found', marks);
  const MARKED = 100;

  // Marks the words in the pages that were found first; the document itself stays as it is.
  const mark = (pages, words) => {
    marks?.clear();
    if (!marks || words.length === 0) return;
    for (const { page } of pages.slice(0, MARKED)) {
      const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const whole = fold(node.data);
        if (!words.some((word) => whole.includes(word))) continue;
        let folded = '';
        const places = [];
        let place = 0;
        for (const letter of node.data) {
          const plain = foldLetter(letter);
          folded += plain;
          for (let at = 0; at < plain.length; at += 1) places.push(place);
          place += letter.length;
        }
        places.push(place);
        for (const word of words) {
          for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, places[at]);
            range.setEnd(node, places[at + word.length]);
            marks.add(range);
          }
        }
      }
    }
  };

  // Where the reader was before searching.
  let before = null;

  const search = () => {
    const words = fold(box.value).split(' ').filter((word) => word !== '');
    const searching = words.length > 0;
    if (searching && before === null) before = window.scrollY;
    const found = [];
    for (const { section, pages } of months) {
      let any = false;
      for (const entry of pages) {
        const hit = words.every((word) => textOf(entry).includes(word));
        if (entry.page.hidden === hit) entry.page.hidden = !hit;
        if (hit && searching) found.push(entry);
        any ||= hit;
      }
      if (section.hidden === any) section.hidden = !any;
    }
    document.body.classList.toggle('searching', searching);
    mark(found, words);
    told.textContent = !searching
      ? ''
      : found.length === 0
        ? `No ${bar.dataset.one} has ${words.length === 1 ? 'this word' : 'these words'}.`
        : `${counted(found.length)} of ${number(all.length)}`;
    if (searching) {
      window.scrollTo(0, 0);
    } else if (before !== null) {
      window.scrollTo(0, before);
      before = null;
    }
  };

  const clear = () => {
    box.value = '';
    search();
  };

  let waiting = 0;
  box.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 80);
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === 'Escape' && box.value !== '') {
      event.preventDefault();
      clear();
    }
  });
  // A link within the document may lead to what a search has hidden.
  document.addEventListener('click', (event) => {
    if (event.target.closest('a[href^="#"]') && box.value !== '') {
      before = null;
      clear();
    }
  });
  // A browser that comes back to the page may have kept what was typed.
  if (box.value !== '') search();

  // Fold the texts while nobody waits, so that the first search is quick as well.
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  let next = 0;
  const ahead = (deadline) => {
    while (next < all.length && deadline.timeRemaining() > 2) textOf(all[next++]);
    if (next < all.length) idle(ahead);
  };
  idle(ahead);
})();
