// Makes a resident's page better. Everything here works without it; each part looks for its own marks and leaves other pages alone.
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const root = document.documentElement;

// One tap, one form. The server would make one case of two taps all the same; this only says that it was heard.
const heard = new WeakSet();
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method === 'dialog') return;
  if (heard.has(form)) { event.preventDefault(); return; }
  heard.add(form);
  form.setAttribute('aria-busy', 'true');
  // After this turn, so that the pressed button's own name and value still go with the form.
  setTimeout(() => $$('button[type=submit]', form).forEach((button) => button.setAttribute('aria-disabled', 'true')));
  // A file or a page that does not come: the form may be sent again.
  setTimeout(() => release(form), 12000);
});
const release = (form) => {
  heard.delete(form);
  form.removeAttribute('aria-busy');
  $$('[aria-disabled]', form).forEach((button) => button.removeAttribute('aria-disabled'));
};
addEventListener('pageshow', (event) => { if (event.persisted) $$('form').forEach(release); });

// A page with mistakes begins at their summary, and each link goes into the control itself.
const summary = document.getElementById('errors');
if (summary) summary.focus({ preventScroll: false });
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('.summary a[href^="#"]');
  if (!link) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  const control = target.matches('input,select,textarea') ? target : target.querySelector('[aria-invalid=true]:not([type=hidden])')
    ?? target.querySelector('input:not([type=hidden]),select,textarea') ?? target;
  target.scrollIntoView({ block: 'center' });
  control.focus({ preventScroll: true });
});

// Furigana: shown or hidden on every page of this browser.
const KEY = 'furigana';
const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
root.classList.toggle('no-ruby', remembered() === 'off');
$$('[data-furigana]').forEach((button) => {
  const show = () => button.setAttribute('aria-pressed', String(!root.classList.contains('no-ruby')));
  button.hidden = false;
  show();
  button.addEventListener('click', () => {
    const off = root.classList.toggle('no-ruby');
    try { localStorage.setItem(KEY, off ? 'off' : 'on'); } catch { /* a private window forgets */ }
    show();
  });
});

// Parts of a question that belong to one choice are shown with it. What was typed in a hidden half stays and is sent.
for (const part of $$('[data-shown-by]')) {
  const inputs = $$('input[type=radio]', part.closest('form') ?? document).filter((input) => input.name === part.dataset.shownBy);
  const show = () => { part.hidden = !inputs.some((input) => input.checked && input.value === part.dataset.when); };
  inputs.forEach((input) => input.addEventListener('change', show));
  show();
}

// The rest is fetched only where a page has something for it.
const wants = (selector, load) => { if (document.querySelector(selector)) load().then((module) => $$(selector).forEach(module.start)); };
wants('[data-live]', () => import('./live.js'));
wants('[data-upload]', () => import('./upload.js'));
wants('[data-postal]', () => import('./postal.js'));
wants('[data-rank]', () => import('./ranked.js'));
wants('[data-strokes]', () => import('./strokes.js'));
wants('[data-place]', () => import('./map.js'));
wants('[data-entry]', () => import('./entry.js'));
wants('[data-revise]', () => import('./revise.js'));
