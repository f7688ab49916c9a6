// Files go while the person fills in the rest: photos are turned upright and made smaller here, each file is one request with its progress,
// and after a lost connection it goes on with the file that was on its way. POST <url>, multipart: csrf, then the file; the answer leads to the
// page as it is now, from which the list of received files is taken. Where that is refused, the files simply go with the form.
const MOST = 10 * 1024 * 1024;
const EDGE = 2400; // An A4 page photographed: 200 dpi, small type can still be read.
const TRIES = 30;

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

const online = () => new Promise((go) => {
  const timer = setTimeout(go, 4000);
  addEventListener('online', () => { clearTimeout(timer); go(); }, { once: true });
});
const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');

export const start = (box) => {
  const { upload, most, sending, waiting, done, failed, big } = box.dataset;
  const question = box.closest('fieldset');
  const token = box.closest('form')?.querySelector('input[name=csrf]')?.value ?? '';
  const list = box.querySelector('[data-sent]');
  const keptIn = (page) => page.getElementById(question.id)?.querySelector('[data-kept]');
  const names = (kept) => [...(kept?.children ?? [])].map((row) => row.querySelector('.grow')?.textContent);
  const camera = box.querySelector('[data-camera]');
  if (camera && matchMedia('(pointer:coarse)').matches) camera.hidden = false;
  let open = 0;

  const row = (name) => {
    const item = document.createElement('li');
    const label = document.createElement('span');
    label.className = 'grow';
    label.textContent = name;
    const state = document.createElement('small');
    const bar = document.createElement('progress');
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute('aria-label', name);
    item.append(label, state, bar);
    list.append(item);
    return { item, say: (words) => { if (state.textContent !== words) state.textContent = words; }, to: (percent) => { bar.value = percent; }, end: () => bar.remove() };
  };

  // The list of received files as the server draws it, with its buttons.
  const show = (page) => {
    const [old, fresh] = [keptIn(document), keptIn(page)];
    if (old && fresh) old.replaceChildren(...fresh.childNodes);
    return Boolean(fresh);
  };
  const post = (file, shown) => new Promise((good, bad) => {
    const form = new FormData();
    form.append('csrf', token);
    form.append('file', file, file.name);
    const request = new XMLHttpRequest();
    request.open('POST', upload);
    request.upload.onprogress = (event) => { if (event.lengthComputable) shown.to((event.loaded / event.total) * 100); };
    request.onload = () => (request.status < 300 ? good(parsed(request.responseText)) : bad({ status: request.status }));
    request.onerror = request.onabort = () => bad({});
    request.send(form);
  });

  const through = async (file, shown) => {
    const before = names(keptIn(document)).filter((name) => name === file.name).length;
    for (let tries = 0; ; tries += 1) {
      try { return await post(file, shown); } catch (trouble) {
        const busy = trouble.status === 429 || trouble.status === 503;
        if ((trouble.status && !busy) || tries > TRIES) throw trouble;
        shown.say(waiting);
        await online();
        // The answer may have been lost and not the file: then it is on the page already.
        const page = await fetch(location.href, { credentials: 'same-origin' }).then((answer) => answer.text()).then(parsed).catch(() => undefined);
        if (page && names(keptIn(page)).filter((name) => name === file.name).length > before) return page;
        shown.say(sending);
      }
    }
  };

  const send = async (input) => {
    const room = Number(most) - names(keptIn(document)).length - open;
    const files = [...input.files].slice(0, Math.max(0, room));
    open += files.length;
    for (const file of files) {
      const shown = row(file.name);
      shown.say(sending);
      try {
        const small = await upright(file);
        if (small.size > MOST) { shown.say(big); shown.end(); continue; }
        if (show(await through(small, shown))) shown.item.remove(); else { shown.say(done); shown.end(); }
      } catch (trouble) {
        if (trouble.status === 404 || trouble.status === 405) { shown.item.remove(); open = 0; return; }
        shown.say(failed);
        shown.end();
      } finally { open = Math.max(0, open - 1); }
    }
    // They are there already: the form need not carry them again.
    input.value = '';
  };
  box.querySelectorAll('input[type=file]').forEach((input) => input.addEventListener('change', () => send(input)));
  // Leaving while something is on its way would lose it.
  addEventListener('beforeunload', (event) => { if (open) event.preventDefault(); });
};
