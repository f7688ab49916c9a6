// A photograph and a scan on a bad line: the connection is cut in the middle, and the file goes on where it stopped. The line is a proxy of
// this test's own, which counts what passes.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, BOTH, fill } from './resident.mjs';

let town, line;
before(async () => { town = await openTown({ residents: 200, cases: 20 }); line = await lineTo(new URL(town.url).port); });
after(async () => { await closeBrowser(); line.close(); await town.close(); });

/** A line to the town hall that counts the bytes on their way up, and breaks when told. */
async function lineTo(port) {
  const open = new Set();
  const self = { up: 0, breakAt: Infinity, isDown: false };
  const server = createServer((near) => {
    if (self.isDown) { near.destroy(); return; }
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => { open.delete(socket); near.destroy(); far.destroy(); });
    }
    near.on('data', (bytes) => {
      if (self.isDown) return;
      self.up += bytes.length;
      far.write(bytes);
      if (self.up >= self.breakAt) self.cut();
    });
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(self, {
    url: `http://127.0.0.1:${server.address().port}`,
    cut() { self.isDown = true; self.breakAt = Infinity; for (const socket of open) socket.destroy(); },
    mend() { self.isDown = false; self.up = 0; },
    close() { self.cut(); server.close(); },
  });
}

const MB = 1024 * 1024;

/** A scan of three megabytes, of which no two pieces are alike. */
function scan(name, seed, size = 3 * MB) {
  const buffer = Buffer.alloc(size);
  for (let at = 0, value = seed; at < size; at += 4) { value = (Math.imul(value, 1103515245) + 12345) >>> 0; buffer.writeUInt32LE(value, at); }
  buffer.write('%PDF-1.7\n', 0, 'latin1');
  return { name, mimeType: 'application/pdf', buffer };
}

/** At the page of the dog's photograph, over the bad line. */
async function atTheDog(name) {
  const someone = await person({ ...town, url: line.url }, { name, alsoAt: BOTH });
  await begin(someone, 'dog_registration');
  const draft = someone.page.url().match(/\/drafts\/[^/]+/)[0];
  await someone.go(`${draft}/dog`);
  const { page } = someone;
  return {
    ...someone, draft,
    choose: (file) => page.locator('input[name=photo]').setInputFiles(file),
    kept: page.locator('#f-photo [data-kept] li'),
    onItsWay: page.locator('#f-photo [data-sent] li'),
    half: page.locator('#f-photo [data-half]'),
  };
}

/** What a browser says of a line that breaks. */
const CUT = /net::ERR_(CONNECTION|SOCKET|EMPTY|NETWORK)/;

/** How many bytes of the last piece are on the way twice at most, and what a page and its headers cost. */
const A_PIECE_AND_PAGES = 256 * 1024 + 100_000;

test('a connection that is cut in the middle costs one piece and not the file', { timeout: 120_000 }, async () => {
  line.mend();
  const aiko = await atTheDog('uploads-cut');
  const file = scan('注射済証.pdf', 1);
  line.mend();
  line.breakAt = 1.6 * MB;
  await aiko.choose(file);
  await aiko.page.waitForFunction(() => /続きから送ります/.test(document.querySelector('#f-photo [data-sent] small')?.textContent ?? ''));
  const first = line.up;
  assert.ok(first >= 1.6 * MB && first < 2.2 * MB, `${first} bytes went before the cut`);
  // What has arrived is what is shown: the piece that was cut off is not counted.
  const share = await aiko.page.locator('#f-photo [data-sent] progress').evaluate((bar) => bar.value);
  assert.ok(share > 0.3 && share * file.buffer.length <= first, `shown ${share} of the file`);
  await aiko.look('waiting');
  line.mend();
  await aiko.kept.first().waitFor({ timeout: 60_000 });
  assert.deepEqual(await aiko.kept.locator('.grow').allTextContents(), ['注射済証.pdf']);
  assert.equal(await aiko.onItsWay.count(), 0);
  const second = line.up;
  assert.ok(second <= file.buffer.length * (1 - share) + A_PIECE_AND_PAGES, `${second} bytes for the rest of the file`);
  assert.ok(second < file.buffer.length * 0.7, 'the file was not sent anew');
  await aiko.look('sent');
  aiko.calm(CUT);
  await aiko.leave();
});

test('after the page was opened anew the person is told, and the same file goes on', { timeout: 120_000 }, async () => {
  line.mend();
  const aiko = await atTheDog('uploads-anew');
  const file = scan('犬の手帳.pdf', 2);
  await fill(aiko, { dog_name: 'ポチ' });
  line.mend();
  line.breakAt = 2.2 * MB;
  await aiko.choose(file);
  await aiko.page.waitForFunction(() => /続きから送ります/.test(document.querySelector('#f-photo [data-sent] small')?.textContent ?? ''));
  aiko.page.on('dialog', (dialog) => dialog.accept());
  // The browser was closed and opened again: nothing is on its way any more.
  await aiko.page.goto('about:blank');
  line.mend();
  await aiko.go(`${aiko.draft}/dog`);
  await aiko.half.waitFor();
  const told = await aiko.half.innerText();
  assert.match(told, /犬の手帳\.pdf/);
  const percent = Number(told.match(/(\d+)%まで届いています/)[1]);
  assert.ok(percent >= 50 && percent < 80, told);
  await aiko.look('half-sent');

  // Another file of this name and size is another file.
  line.mend();
  await aiko.choose(scan('犬の手帳.pdf', 3));
  await aiko.kept.first().waitFor({ timeout: 60_000 });
  assert.ok(line.up > file.buffer.length, 'it was sent whole');
  assert.equal(await aiko.half.count(), 1, 'and the other one still waits');

  line.mend();
  await aiko.choose(file);
  await aiko.kept.nth(1).waitFor({ timeout: 60_000 });
  assert.ok(line.up <= file.buffer.length * (1 - percent / 100) + A_PIECE_AND_PAGES, `${line.up} bytes for the rest`);
  assert.equal(await aiko.half.count(), 0);
  aiko.calm(CUT);
  await aiko.leave();
});

test('who gives up a file is not told of it again, and what is no photograph is refused in words', { timeout: 120_000 }, async () => {
  line.mend();
  const ken = await atTheDog('uploads-dropped');
  line.breakAt = 1.2 * MB;
  await ken.choose(scan('いらない.pdf', 4));
  await ken.page.waitForFunction(() => /続きから送ります/.test(document.querySelector('#f-photo [data-sent] small')?.textContent ?? ''));
  ken.page.on('dialog', (dialog) => dialog.accept());
  await ken.page.goto('about:blank');
  line.mend();
  await ken.go(`${ken.draft}/dog`);
  await ken.half.getByRole('button', { name: /いらない\.pdf/ }).click();
  await ken.half.waitFor({ state: 'detached' });
  await ken.go(`${ken.draft}/dog`);
  assert.equal(await ken.half.count(), 0);

  const before = line.up;
  const program = Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(2 * MB, 1)]);
  await ken.choose({ name: 'photo.pdf', mimeType: 'application/pdf', buffer: program });
  await ken.page.waitForFunction(() => /PDFか写真/.test(document.querySelector('#f-photo [data-sent] li')?.textContent ?? ''));
  assert.ok(line.up - before < MB, 'nobody sends the rest of what is not taken');
  assert.equal(await ken.onItsWay.getByRole('button').count(), 0, 'nor tries again');
  await ken.look('refused');
  ken.calm(CUT, 415);
  await ken.leave();
});

test('when the line stays down the person is asked, and their tap goes on', { timeout: 120_000 }, async () => {
  line.mend();
  const aiko = await atTheDog('uploads-again');
  // Time passes when the test says so: two minutes of trying are over at once.
  await aiko.page.evaluate(() => { const later = window.setTimeout; window.setTimeout = (go, wait) => later(go, Math.min(wait, 20)); });
  const file = scan('予防注射.pdf', 5);
  line.mend();
  line.breakAt = 1.6 * MB;
  await aiko.choose(file);
  const again = aiko.page.getByRole('button', { name: 'もう一度送る' });
  await again.waitFor({ timeout: 60_000 });
  assert.match(await aiko.onItsWay.innerText(), /送れませんでした/);
  await aiko.look('stayed-down');
  line.mend();
  await again.click();
  await aiko.kept.first().waitFor({ timeout: 60_000 });
  assert.ok(line.up < file.buffer.length * 0.7, `${line.up} bytes for the rest`);
  aiko.calm(CUT);
  await aiko.leave();
});

test('where something on the way lets no pieces through, the files go with the form', { timeout: 120_000 }, async () => {
  line.mend();
  const ken = await atTheDog('uploads-no-way');
  await ken.page.route('**/uploads/*', (route) => (route.request().method() === 'PATCH' ? route.fulfill({ status: 403, body: 'blocked' }) : route.continue()));
  await Promise.all([ken.page.waitForResponse((answer) => answer.status() === 403), ken.choose(scan('手帳.pdf', 6, MB))]);
  await ken.onItsWay.first().waitFor({ state: 'detached' });
  await ken.submit('次へ進む');
  assert.deepEqual(await ken.kept.locator('.grow').allTextContents(), ['手帳.pdf']);
  ken.calm(403);
  await ken.leave();
});
