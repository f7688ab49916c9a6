// Wishes in order: buttons move one up or down, by exchanging what the lists hold. The lists stay what is sent.
export const start = (list) => {
  const rows = [...list.children].map((row) => ({ select: row.querySelector('select'), label: row.querySelector('label'), place: row.lastElementChild }));
  const swap = (from, to, button) => {
    if (!rows[to]) return;
    [rows[from].select.value, rows[to].select.value] = [rows[to].select.value, rows[from].select.value];
    const next = rows[to].place.querySelectorAll('button')[button];
    (next.disabled ? rows[to].select : next).focus();
  };
  rows.forEach(({ label, place }, at) => {
    place.className = 'row';
    [['↑', list.dataset.up, -1], ['↓', list.dataset.down, 1]].forEach(([sign, words, step], button) => {
      const move = document.createElement('button');
      move.type = 'button';
      move.className = 'btn second small';
      move.textContent = sign;
      move.setAttribute('aria-label', `${label.textContent} ${words}`);
      move.disabled = !rows[at + step];
      move.addEventListener('click', () => swap(at, at + step, button));
      place.append(move);
    });
  });
};
