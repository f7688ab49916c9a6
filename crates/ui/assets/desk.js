// The desk by keyboard. j k move, Enter opens, x chooses, / searches, ? shows all keys; any other letter presses the button that carries it
// in data-shortcut. Nothing happens while someone types, and no key is taken that the browser or a screen reader needs (Ctrl, Alt, Meta).
import './page.js';

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const rows = () => $$('[data-rows] tbody tr');
let at = -1;

const go = (to) => {
  const all = rows();
  if (!all.length) return;
  at = Math.max(0, Math.min(all.length - 1, to));
  all.forEach((row, place) => row.classList.toggle('at', place === at));
  const link = all[at].querySelector('a[href]') ?? all[at].querySelector('input');
  link?.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: 'nearest' });
};
const count = () => {
  const chosen = $$('[data-rows] input[name=chosen]:checked').length;
  $$('[data-chosen]').forEach((place) => {
    place.dataset.words ??= place.textContent;
    place.textContent = chosen ? `${place.dataset.words} (${chosen})` : place.dataset.words;
  });
};
document.addEventListener('change', (event) => { if (event.target.name === 'chosen') count(); });
document.addEventListener('focusin', (event) => {
  const row = event.target.closest?.('[data-rows] tbody tr');
  if (!row) return;
  const all = rows();
  at = all.indexOf(row);
  all.forEach((each) => each.classList.toggle('at', each === row));
});
document.addEventListener('refreshed', count);
// A click anywhere on a row opens it, as long as nothing in it was meant.
document.addEventListener('click', (event) => {
  const row = event.target.closest?.('[data-rows] tr[data-href]');
  if (!row || event.target.closest('a,button,input,label') || getSelection()?.toString()) return;
  location.assign(row.dataset.href);
});

const help = document.getElementById('keys');
const actions = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  x: () => rows()[at]?.querySelector('input[name=chosen]')?.click(),
  '/': () => document.querySelector('[data-search]')?.focus(),
  '?': () => help?.showModal?.(),
};
document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.('input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable],dialog')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key === 'Enter' && at >= 0 && event.target.matches?.('body,main,input[name=chosen]')) {
    const row = rows()[at];
    if (row) { event.preventDefault(); location.assign(row.dataset.href); }
    return;
  }
  const action = actions[event.key];
  const button = action ? undefined : $$('[data-shortcut]').find((each) => each.dataset.shortcut === event.key && !each.disabled);
  if (!action && !button) return;
  event.preventDefault();
  if (action) { action(); return; }
  // A verb on several acts on the row at hand when none is chosen.
  const form = button.form;
  if (form?.querySelector('input[name=chosen]') && !form.querySelector('input[name=chosen]:checked') && at >= 0) {
    const box = rows()[at].querySelector('input[name=chosen]');
    if (box) { box.checked = true; count(); }
  }
  button.click();
});

// On a narrow screen the menu begins closed.
if (matchMedia('(max-width:900px)').matches) $$('[data-side]').forEach((side) => { side.open = false; });
