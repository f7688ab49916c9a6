// 改訂を書く: after a pause in typing the texts are looked at again, as 確かめる does it; what is typed stays where it is.
const PAUSE = 700;

export const start = (form) => {
  let waiting;
  let asked = 0;
  const frame = document.querySelector('iframe[name=phone]');
  const look = async () => {
    const turn = asked += 1;
    const body = new URLSearchParams(new FormData(form));
    body.set('do', 'try');
    const answer = await fetch(form.action, { method: 'POST', body, headers: { 'X-Requested-With': 'revise' } }).catch(() => undefined);
    if (!answer?.ok || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of ['found', 'walked']) {
      const [now, then] = [document.getElementById(id), page.getElementById(id)];
      if (now && then) now.replaceChildren(...then.childNodes);
    }
    frame?.contentWindow?.location.reload();
    document.dispatchEvent(new Event('looked-again'));
  };
  form.addEventListener('input', (event) => {
    if (!event.target.matches('textarea.yaml')) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  // A mistake leads to its line.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-line]');
    const area = link && document.getElementById(link.hash.slice(1));
    if (!area) return;
    event.preventDefault();
    area.closest('details')?.setAttribute('open', '');
    const lines = area.value.split('\n');
    const at = lines.slice(0, link.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    area.focus();
    area.setSelectionRange(at, at + (lines[link.dataset.line - 1] ?? '').length);
    area.scrollTop = (link.dataset.line - 4) * (area.scrollHeight / Math.max(1, lines.length));
  });
  // Tab stays the browser's; what was typed and not kept is not lost by a slip.
  let isKept = !form.hasAttribute('data-unsaved');
  form.addEventListener('input', () => { isKept = false; });
  form.addEventListener('submit', () => { isKept = true; });
  addEventListener('beforeunload', (event) => { if (!isKept) event.preventDefault(); });
};
