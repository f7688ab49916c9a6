// 用紙の入力 by keyboard: Enter goes to the next line, a digit chooses, Ctrl+Enter files and takes the next sheet. What is typed is kept by itself, and
// the server says which questions it brings up: the rules are there and nowhere else. Without this file Tab goes on and 見直す asks.
const PAUSE = 250;
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const isCard = (input) => input.type === 'radio' || input.type === 'checkbox';
const cardsOf = (input) => $$('input', input.closest('.picks,.papers') ?? input.parentElement).filter(isCard);

export const start = (form) => {
  const state = form.querySelector('[data-entry-state]');
  const next = form.querySelector('button[name=verb][value=next]');

  // Where Enter stops: each line, each list, and once for the cards of one question.
  const stops = () => {
    const seen = new Set();
    return $$('input:not([type=hidden],[type=file]),select,textarea', form).filter((input) => {
      if (!input.getClientRects().length || input.disabled) return false;
      if (!isCard(input)) return true;
      const cards = input.closest('.picks,.papers') ?? input;
      return !seen.has(cards) && seen.add(cards);
    });
  };
  const enter = (stop) => {
    const target = isCard(stop) ? cardsOf(stop).find((card) => card.checked) ?? stop : stop;
    target.focus();
    // A number is typed anew, words are gone on with.
    if (isCard(target) || !target.matches('input')) return;
    if (target.inputMode) target.select(); else target.setSelectionRange(target.value.length, target.value.length);
  };
  const go = (from, by) => {
    const all = stops();
    const at = all.findIndex((stop) => stop === from || (isCard(from) && isCard(stop) && cardsOf(stop).includes(from)));
    const to = all[at + by];
    if (to) enter(to); else if (by > 0) next.focus();
  };

  let digits = 0;
  const choose = (input, digit) => {
    const cards = cardsOf(input);
    const number = digits * 10 + digit;
    const card = cards[number - 1] ?? cards[digit - 1];
    // With more than nine options a second digit may follow.
    const more = number * 10 <= cards.length && number > 0;
    digits = more ? number : 0;
    if (!card || card.disabled) return;
    if (card.type === 'checkbox') { card.click(); card.focus(); return; }
    card.focus();
    if (!card.checked) card.click();
    if (!more) go(card, 1);
  };

  form.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey || event.ctrlKey) return;
    if ( !target.matches('input,select,textarea') || target.type === 'file') return;
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? (/^[0-9]$/.test(key) ? key : undefined);
    if (isCard(target) && digit !== undefined && !event.shiftKey) { event.preventDefault(); choose(target, Number(digit)); return; }
    if (key !== 'Enter') { digits = 0; return; }
    // In a text of several lines Shift+Enter is a new line, as Enter goes on everywhere.
    if (event.shiftKey && target.matches('textarea')) return;
    event.preventDefault();
    digits = 0;
    go(target, event.shiftKey ? -1 : 1);
  });

  // From wherever the hands are.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.ctrlKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit(next);
  });

  // What the answers bring up. Only what is not here yet is put in, and only what is asked no more goes: nobody's typing is touched.
  const byPath = (root) => new Map($$('[data-path]', root).map((question) => [question.dataset.path, question]));
  const fresh = (question) => !$$('input:not([type=hidden]),select,textarea', question).some((input) => (isCard(input) ? input.checked : input.value));
  const shape = (question) => $$('input,option', question).map((each) => `${each.name ?? ''} ${isCard(each) || each.matches('option') ? each.value : ''}`).join('\n');
  const put = (page, pressed) => {
    const then = page.getElementById(form.id);
    if (!then) return [];
    const group = pressed && CSS.escape(pressed.replace(/^(?:add|remove)\./, '').replace(/\.\d+$/, ''));
    const [here, there] = [group && form.querySelector(`[data-path="${group}"]`), group && then.querySelector(`[data-path="${group}"]`)];
    if (here && there) here.replaceWith(document.importNode(there, true));
    let [old, now] = [byPath(form), byPath(then)];
    for (const [path, question] of old) {
      if (now.has(path)) continue;
      // Nobody is left in a line that is asked no more.
      if (question.contains(document.activeElement)) {
        const all = stops().filter((stop) => !question.contains(stop));
        const behind = all.find((stop) => question.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING);
        if (behind) enter(behind); else next.focus();
      }
      question.remove();
    }
    for (const [path, question] of now) {
      const had = old.get(path);
      if (had?.isConnected && !had.querySelector('[data-path]') && !had.contains(document.activeElement) && fresh(had) && shape(had) !== shape(question)) {
        had.replaceWith(document.importNode(question, true));
      }
    }
    const came = [];
    old = byPath(form);
    for (const [path, question] of byPath(then)) {
      if (old.has(path)) continue;
      // Into the same row of a group or the same page, behind the question before it.
      const row = question.parentElement.closest('[data-row],[data-page]');
      const name = row?.dataset.row ? `[data-row="${CSS.escape(row.dataset.row)}"]` : `[data-page="${CSS.escape(row?.dataset.page ?? '')}"]`;
      const place = form.querySelector(name);
      if (!place) continue;
      let before = question.previousElementSibling;
      while (before && !old.has(before.dataset.path)) before = before.previousElementSibling;
      const one = document.importNode(question, true);
      if (before) old.get(before.dataset.path).after(one);
      else (place.matches('[data-page]') ? place.querySelector('.qs') : place).prepend(one);
      // With the questions inside it.
      for (const [inner, put] of byPath(one)) old.set(inner, put);
      old.set(path, one);
      came.push(one);
    }
    for (const section of $$('[data-page]', form)) section.hidden = !section.querySelector('[data-path]');
    for (const day of $$('[data-understood]', then)) {
      const shown = form.querySelector(`[data-understood="${CSS.escape(day.dataset.understood)}"]`);
      if (shown) shown.textContent = day.textContent;
    }
    return came;
  };

  let isKept = true;
  let isSent = false;
  const body = (withFiles, pressed) => {
    const data = new FormData(form);
    if (!withFiles) for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set('verb', 'look');
    if (pressed) data.set(pressed, '1');
    return data;
  };
  const ask = async ({ withFiles = false, pressed } = {}) => {
    isKept = true;
    const answer = await fetch(form.action, { method: 'POST', credentials: 'same-origin', body: body(withFiles, pressed) }).catch(() => undefined);
    if (isSent) return undefined;
    if (!answer?.ok) { isKept = false; state.textContent = form.dataset.unsaved; return undefined; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (withFiles) document.querySelector('[data-scan]')?.replaceWith(document.adoptNode(page.querySelector('[data-scan]')));
    const at = document.activeElement;
    const came = put(page, pressed);
    // A question that came up behind the one that was answered is the next one, unless something is being typed already.
    const isWaiting = (input) => (isCard(input) ? !cardsOf(input).some((card) => card.checked) : !input.value || input.matches('select'));
    if (came.length && form.contains(at) && (at === next || (at.matches('input,select,textarea') && isWaiting(at)))) {
      const first = came.find((question) => question.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
      const stop = first && stops().find((each) => first.contains(each));
      if (stop) enter(stop);
    }
    history.replaceState(null, '', form.dataset.entry);
    state.textContent = `${form.dataset.saved} ${new Date().toLocaleTimeString('ja-JP', { hour: '2-digit', minute: '2-digit' })}`;
    return page;
  };

  // One after the other: an answer never meets a page that knows more.
  let line = Promise.resolve();
  const look = (what) => {
    line = line.then(() => ask(what));
    return line;
  };

  let waiting;
  form.addEventListener('input', () => { isKept = false; });
  form.addEventListener('change', (event) => {
    if (event.target.type === 'file') return;
    clearTimeout(waiting);
    // What was chosen may bring up a question; what was typed can wait a moment.
    waiting = setTimeout(() => look(), isCard(event.target) || event.target.matches('select') ? 0 : PAUSE);
  });
  // One more or one fewer of several: the group comes anew with everything that was typed.
  form.addEventListener('click', async (event) => {
    const button = event.target.closest?.('button[name^="add."],button[name^="remove."]');
    if (!button) return;
    event.preventDefault();
    const { name } = button;
    clearTimeout(waiting);
    if (!(await look({ withFiles: true, pressed: name }))) { form.requestSubmit(button); return; }
    const group = form.querySelector(`[data-path="${CSS.escape(name.replace(/^(?:add|remove)\./, '').replace(/\.\d+$/, ''))}"]`);
    const rows = $$('[data-row]', group ?? form);
    const first = name.startsWith('add.') && rows.length ? rows[rows.length - 1].querySelector('input:not([type=hidden]),select,textarea') : group;
    first?.focus();
  });
  // A scan is shown as soon as it is chosen.
  document.addEventListener('change', (event) => {
    const input = event.target.closest?.('[data-scan] input[type=file]');
    if (input?.files.length) look({ withFiles: true });
  });
  form.addEventListener('submit', () => { isSent = true; clearTimeout(waiting); });
  addEventListener('pageshow', (event) => { if (event.persisted) isSent = false; });
  // A closed window takes nothing with it.
  addEventListener('pagehide', () => { if (!isKept && !isSent) navigator.sendBeacon(form.action, body(false)); });

  // What is said first is read first.
  if (!document.getElementById('errors') && !document.querySelector('main [autofocus]')) {
    const empty = stops().find((stop) => stop.closest('[data-page]') && (isCard(stop) ? !cardsOf(stop).some((card) => card.checked) : !stop.value));
    if (empty) enter(empty);
  }
};
