// Files go while the person fills in the rest: photos are turned upright and made smaller here, then each is sent in pieces. A piece that was
// acknowledged is on the town hall's disk: after a lost connection, or in a page that was opened anew, the file goes on behind it.
// POST <url> (csrf, key, name, size) begins; PATCH <its address> with Upload-Offset sends a piece; HEAD says how much has arrived. The list of
// received files is taken from the page as it is then. Where none of this is to be had, the files simply go with the form.
const MOST = 10 * 1024 * 1024;
const EDGE = 2400; // An A4 page photographed: 200 dpi, small type can still be read.
const PAUSES = [1, 2, 4, 8, 15, 30, 30, 30]; // Seconds before trying again; after two minutes without a sign the person is asked.
const PATIENCE = 60000; // A piece at 40 kbit/s.

const upright = async (file) => {
  if (!/^image\/(jpeg|png|webp|hei[cf])$/.test(file.type)) return file;
  try {
    // The browser turns it as the camera was held; drawing it anew also drops the place where it was taken.
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    return blob ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) : file;
  } catch { return file; }
};

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');
const pause = (seconds) => new Promise((go) => {
  const timer = setTimeout(go, seconds * (800 + Math.random() * 400));
  addEventListener('online', () => { clearTimeout(timer); go(); }, { once: true });
});

const ask = async (url, options = {}) => {
  const answer = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE), ...options });
  if (answer.ok || answer.headers.has('upload-offset')) return answer;
  const words = parsed(await answer.text()).querySelector('[role=alert]');
  throw { status: answer.status, after: Number(answer.headers.get('retry-after')), words };
};
// Worth trying again: no answer at all, or one that says so.
const passes = ({ status }) => !status || status === 429 || (status >= 500 && status !== 501);
// Nothing of ours answered so: something on the way lets no pieces through.
const noWay = ({ status, words }) => [404, 405, 501].includes(status) || (status === 403 && !words);
const standing = (answer) => {
  const said = (name) => answer.headers.get(`upload-${name}`) ?? '';
  return { at: Number(said('offset')), done: said('complete') === '?1', piece: Number(said('limit').match(/\d+/)), mark: said('mark') };
};

// Whether this is the file of which something has arrived: each mark is the digest of the mark before and the next piece.
const begins = async (file, { at, piece, mark }) => {
  if (!crypto.subtle) return false;
  let sum = new Uint8Array();
  for (let from = 0; from < at; from += piece) {
    const bytes = await new Blob([sum, file.slice(from, Math.min(at, from + piece))]).arrayBuffer();
    sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  }
  return hex(sum) === mark;
};

export const start = (box) => {
  const { upload, most, sending, waiting, done, failed, big, again } = box.dataset;
  const question = box.closest('fieldset');
  const token = box.closest('form')?.querySelector('input[name=csrf]')?.value ?? '';
  const list = box.querySelector('[data-sent]');
  const there = (name, page = document) => page.getElementById(question.id)?.querySelector(`[data-${name}]`);
  const camera = box.querySelector('[data-camera]');
  if (camera && matchMedia('(pointer:coarse)').matches) camera.hidden = false;
  let open = 0;

  const row = (name) => {
    const [item, label, state, share, bar] = ['li', 'span', 'small', 'small', 'progress'].map((tag) => document.createElement(tag));
    label.className = 'grow';
    label.textContent = name;
    // Screen readers have the bar; a number that is said at each piece would drown everything else.
    share.setAttribute('aria-hidden', 'true');
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', name);
    item.append(label, state, share, bar);
    list.append(item);
    return {
      item,
      say: (words) => { if (state.textContent !== words) state.textContent = words; },
      // Of what has arrived, not of what has left here.
      to: (part) => { bar.value = part; share.textContent = `${Math.floor(part * 100)}%`; },
      end: (words) => {
        bar.hidden = share.hidden = true;
        if (words) state.replaceChildren(...words.childNodes);
      },
      retry: (go) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'btn small';
        button.textContent = again;
        button.addEventListener('click', () => { button.remove(); bar.hidden = share.hidden = false; go(); });
        item.append(button);
      },
    };
  };

  // What was received, and what was not sent to the end, as the server draws it.
  const show = (page) => {
    const fresh = there('kept', page);
    for (const name of ['kept', 'half-sent']) there(name)?.replaceChildren(...(there(name, page)?.childNodes ?? []));
    arm();
    return Boolean(fresh);
  };
  const arm = () => there('half-sent')?.querySelectorAll('[data-drop]').forEach((button) => { button.hidden = false; });
  question.addEventListener('click', (event) => {
    const half = event.target.closest?.('[data-drop]')?.closest('[data-half]');
    if (half) ask(half.dataset.half, { method: 'DELETE', headers: { 'x-csrf': token } }).catch(() => {}).then(() => half.remove());
  });
  arm();

  const begin = async (file, going) => {
    const body = new URLSearchParams({ csrf: token, key: going.key, name: file.name, size: file.size });
    const answer = await ask(upload, { method: 'POST', body });
    going.url = answer.headers.get('location');
    return standing(answer);
  };
  // Where to go on. A file that was half sent before this page was opened is looked at first.
  const found = async (file, going) => {
    if (!going.url) return begin(file, going);
    const now = standing(await ask(going.url, { method: 'HEAD' }));
    if (!going.old || await begins(file, now)) { going.old = false; return now; }
    going.old = false;
    going.url = undefined;
    return begin(file, going);
  };
  const through = async (file, going, shown) => {
    for (let failures = 0; ;) {
      try {
        let now = await found(file, going);
        for (shown.say(sending); !now.done; failures = 0) {
          shown.to(now.at / file.size);
          const body = file.slice(now.at, now.at + now.piece);
          const next = standing(await ask(going.url, { method: 'PATCH', headers: { 'x-csrf': token, 'upload-offset': now.at }, body }));
          if (next.at === now.at && !next.done) throw {};
          now = next;
        }
        shown.to(1);
        return parsed(await (await ask(location.href)).text());
      } catch (trouble) {
        // It ran out, or was given up elsewhere: it begins anew, once.
        const isGone = trouble.status === 404 && going.url && !going.anew;
        if (isGone) Object.assign(going, { url: undefined, old: false, anew: true, key: drawn() });
        else if (!passes(trouble) || failures >= PAUSES.length) throw trouble;
        else { shown.say(waiting); await pause(Math.max(PAUSES[failures], trouble.after || 0)); failures += 1; }
      }
    }
  };
  const drawn = () => hex(crypto.getRandomValues(new Uint8Array(16)));

  const one = async (file, shown, going) => {
    open += 1;
    try {
      if (show(await through(file, going, shown))) shown.item.remove(); else { shown.say(done); shown.end(); }
    } catch (trouble) {
      if (noWay(trouble)) throw trouble;
      shown.say(failed);
      shown.end(trouble.words);
      if (passes(trouble)) shown.retry(() => one(file, shown, going).catch(() => shown.end()));
    } finally { open -= 1; }
  };
  const send = async (input) => {
    const room = Number(most) - (there('kept')?.children.length ?? 0) - open;
    const chosen = [...input.files].slice(0, Math.max(0, room)).map((file) => [file, row(file.name)]);
    for (const [file, shown] of chosen) {
      shown.say(sending);
      const small = await upright(file);
      if (small.size > MOST) { shown.say(big); shown.end(); continue; }
      const half = [...question.querySelectorAll('[data-half]')].find(({ dataset }) => dataset.name === small.name && Number(dataset.size) === small.size);
      const going = { key: drawn(), url: half?.dataset.half, old: Boolean(half) };
      // No such way here: the files go with the form.
      try { await one(small, shown, going); } catch { chosen.forEach(([, left]) => left.item.remove()); return; }
    }
    // They are there already: the form need not carry them again.
    input.value = '';
  };
  box.querySelectorAll('input[type=file]').forEach((input) => input.addEventListener('change', () => send(input)));
  // Leaving while something is on its way would stop it.
  addEventListener('beforeunload', (event) => { if (open) event.preventDefault(); });
};
