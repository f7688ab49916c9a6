// A live region: <div id="live" data-live="/status/…/live">. An event carries the region's new content, or only says that something changed: then
// the page is fetched as anyone gets it and its region taken. The button to reload stays for everyone else.
export const start = (region) => {
  const { live, from, announce } = region.dataset;
  const voice = document.createElement('p');
  voice.className = 'sr';
  voice.setAttribute('role', 'status');
  // A region with aria-live speaks for itself.
  if (!region.hasAttribute('aria-live')) document.body.append(voice);
  document.querySelectorAll('[data-live-note]').forEach((note) => { note.hidden = false; });
  let busy = false;
  let again = false;

  const refresh = async (event) => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const given = event?.data?.trimStart().startsWith('<') && event.data;
      let text = given && `<div id="${region.id}">${given}</div>`;
      if (!text) {
        const answer = await fetch(from || location.href, { credentials: 'same-origin' });
        if (!answer.ok) return;
        text = await answer.text();
      }
      const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById(region.id);
      if (!fresh || fresh.innerHTML === region.innerHTML) return;
      // Nothing is taken out from under a person who types or chooses here.
      if (region.contains(document.activeElement) && document.activeElement.matches('input,textarea,select')) { later(); return; }
      const chosen = [...region.querySelectorAll('input[name=chosen]:checked')].map((box) => box.value);
      const known = new Set([...region.querySelectorAll('tr[data-href]')].map((row) => row.dataset.href));
      region.replaceChildren(...fresh.childNodes);
      region.querySelectorAll('input[name=chosen]').forEach((box) => { box.checked = chosen.includes(box.value); });
      if (known.size) region.querySelectorAll('tr[data-href]').forEach((row) => row.classList.toggle('new', !known.has(row.dataset.href)));
      region.dispatchEvent(new CustomEvent('refreshed', { bubbles: true }));
      voice.textContent = '';
      // The last change in its own words where the page marks them, else that there was one.
      setTimeout(() => { voice.textContent = region.querySelector('[data-say]')?.textContent || announce || ''; }, 60);
    } catch { /* offline: the next event or the next visit brings it */ } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  };
  const later = () => region.addEventListener('focusout', () => setTimeout(refresh, 50), { once: true });

  let source;
  const listen = () => {
    if (source || document.hidden) return;
    // The browser comes back by itself, with the last position it saw.
    source = new EventSource(live);
    source.onmessage = refresh;
    source.addEventListener('changed', refresh);
  };
  const rest = () => { source?.close(); source = undefined; };
  document.addEventListener('visibilitychange', () => { if (document.hidden) rest(); else { listen(); refresh(); } });
  addEventListener('pagehide', rest);
  listen();
};
