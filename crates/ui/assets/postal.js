// The postal code completes the address down to the town. GET <url><seven digits> answers {"address": "見本県見本市中央"}, or {} when no such code is known.
const digits = (text) => text.normalize('NFKC').replace(/\D/g, '');

export const start = (box) => {
  const [code, text] = ['.postal', '.text'].map((end) => box.querySelector(`[name$="${end}"]`));
  const says = box.querySelector('[role=status]');
  let filled = '';
  let asked = '';
  code?.addEventListener('input', async () => {
    const seven = digits(code.value);
    if (seven.length !== 7 || seven === asked) return;
    asked = seven;
    try {
      const answer = await fetch(box.dataset.postal + seven, { credentials: 'same-origin' });
      if (asked !== seven) return;
      if (!answer.ok) return;
      const { address } = await answer.json();
      if (!address) { says.textContent = box.dataset.unknown; return; }
      // What the person wrote stays; only what we put there ourselves is replaced.
      if (text.value.trim() && text.value !== filled) return;
      text.value = filled = address;
      says.textContent = box.dataset.found;
    } catch { /* offline: they write it themselves */ }
  });
};
