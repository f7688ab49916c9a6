// The postal code completes the address down to the town. POST <url>, code and csrf: {"address": "見本県見本市中央", "towns": ["中央"]}, or {} when no such
// code is known. What the person wrote stays; only what was put there by us is replaced.
const digits = (text) => text.normalize('NFKC').replace(/\D/g, '');

export const start = (box) => {
  const [code, text] = ['.postal', '.text'].map((end) => box.querySelector(`[name$="${end}"]`));
  const says = box.querySelector('[role=status]');
  const { postal: url, found, unknown, several, kept, digits: wrong } = box.dataset;
  const token = box.closest('form')?.querySelector('input[name=csrf]')?.value ?? '';
  let filled = '';
  let asked = '';
  const complete = async (wasPressed) => {
    const seven = digits(code.value);
    if (seven.length !== 7) { if (wasPressed) says.textContent = wrong; return; }
    if (seven === asked && !wasPressed) return;
    asked = seven;
    const answer = await fetch(url, { method: 'POST', credentials: 'same-origin', body: new URLSearchParams({ csrf: token, code: seven }) });
    if (asked !== seven || !answer.ok) throw new Error('not answered');
    const { address, towns } = await answer.json();
    const list = towns?.length > 1 ? towns.join('、') : '';
    if (!towns) says.textContent = unknown;
    else if (text.value.trim() && text.value !== filled) { if (wasPressed && !text.value.startsWith(address || '\0')) says.textContent = kept + (list || address); }
    else {
      text.value = filled = address;
      says.textContent = list ? several + list : found;
    }
  };
  code?.addEventListener('input', () => complete(false).catch(() => { /* offline: they write it themselves */ }));
  box.querySelector('button')?.addEventListener('click', (event) => {
    event.preventDefault();
    // What the script cannot ask, the page asks.
    const button = event.currentTarget;
    complete(true).catch(() => button.form.requestSubmit(button));
  });
};
