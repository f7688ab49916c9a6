// Bad input gets a clear answer, nothing that was typed is lost, and each answer ends with a way to a person.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, BOTH, fill, signIn, WHAT, WHO } from './resident.mjs';

let town;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yakuba-towns-'));
  cpSync(resolve(import.meta.dirname, '..', 'towns'), folder, { recursive: true });
  town = await openTown({ residents: 300, cases: 10, args: ['--town', join(folder, 'mihon')] });
});
after(async () => { await closeBrowser(); await town.close(); rmSync(folder, { recursive: true, force: true }); });

/** Sends a form as it stands on the page, with some inputs changed. */
async function send(someone, changes, options = {}) {
  const form = someone.page.locator('main form').first();
  const action = await form.evaluate((element) => element.action);
  const csrf = await form.locator('[name=csrf]').inputValue();
  const body = new URLSearchParams({ csrf, ...changes }).toString();
  return someone.context.request.post(action, { headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url, 'sec-fetch-site': 'same-origin' }, data: body, ...options });
}

const endsWithAPerson = (html) => assert.match(html, /id="person"/);

test('too long a text, NUL and bytes that are no text are refused in words, and the draft stays', async () => {
  const vandal = await person(town, { name: 'bytes' });
  await begin(vandal, 'disclosure_request');
  await fill(vandal, WHO);
  await vandal.submit('次へ進む');
  await fill(vandal, WHAT);
  await vandal.submit('次へ進む');
  await vandal.go(vandal.page.url().replace(/\/[a-z]+$/, '/what'));
  const long = await send(vandal, { documents: 'あ'.repeat(40_000) });
  assert.equal(long.status(), 413);
  assert.ok((await long.text()).includes('あ'.repeat(40_000)), 'it comes back to be sent again');
  const nul = await send(vandal, { documents: 'a\0b' });
  assert.equal(nul.status(), 400);
  endsWithAPerson(await nul.text());
  const action = await vandal.page.locator('main form').first().evaluate((element) => element.action);
  const csrf = await vandal.page.locator('main form [name=csrf]').first().inputValue();
  const broken = await vandal.context.request.post(action, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, data: `csrf=${encodeURIComponent(csrf)}&documents=%ff%fe` });
  assert.equal(broken.status(), 400);
  const none = await vandal.context.request.post(action, { headers: { 'content-type': 'application/json' }, data: '{}' });
  assert.ok([400, 415].includes(none.status()));
  await vandal.page.reload();
  assert.equal(await vandal.page.inputValue('[name=documents]'), WHAT.documents, 'the draft is as it was');
  vandal.calm();
  await vandal.leave();
});

test('ten megabytes of text are refused in words', async () => {
  const vandal = await person(town, { name: 'ten-megabytes' });
  await begin(vandal, 'disclosure_request');
  const big = await send(vandal, { name: 'あ'.repeat(3_500_000) });
  assert.equal(big.status(), 413);
  endsWithAPerson(await big.text());
  await vandal.leave();
});

test('an expired token keeps what was typed, a forged draft does not exist, hidden fields change nothing', async () => {
  const honest = await person(town, { name: 'honest' });
  await begin(honest, 'disclosure_request');
  const draft = new URL(honest.page.url()).pathname;
  const forger = await person(town, { name: 'forger', alsoAt: BOTH });
  await begin(forger, 'disclosure_request');
  const own = new URL(forger.page.url()).pathname;
  const csrf = await forger.page.locator('main form [name=csrf]').first().inputValue();
  const stolen = await forger.context.request.post(draft, { form: { csrf, name: 'どろぼう' } });
  assert.equal(stolen.status(), 404);
  await honest.page.reload();
  assert.equal(await honest.page.inputValue('[name=name]'), '');
  // What is not asked now is not taken for an answer, and a page's form answers no other page.
  await send(forger, { ...WHO, representative: '偽 代表', documents: '別のページの答え' });
  await forger.go(own.replace(/\/[a-z]+$/, '/what'));
  assert.equal(await forger.page.inputValue('[name=documents]'), '');
  await forger.go(own.replace(/\/[a-z]+$/, '/check'));
  assert.ok(!(await forger.page.locator('main').innerText()).includes('偽 代表'));
  await forger.look('check-incomplete');
  // An option that nobody offers.
  await forger.go(own.replace(/\/[a-z]+$/, '/how'));
  const option = await send(forger, { way: 'by_pigeon' }, { maxRedirects: 0 });
  assert.match(option.headers().location, /wrong=1/);
  // The token of another day.
  await forger.go(own);
  await forger.page.locator('main form [name=csrf]').first().evaluate((input) => { input.value = 'old'; });
  await fill(forger, { name: '消えないで 花子' });
  await forger.submit('次へ進む');
  assert.match(await forger.page.locator('h1').innerText(), /古くなりました/);
  await forger.look('stale');
  await forger.submit('同じ内容でもう一度送る');
  await forger.go(own);
  assert.equal(await forger.page.inputValue('[name=name]'), '消えないで 花子');
  forger.calm(403);
  honest.calm();
  await forger.leave();
  await honest.leave();
});

test('renamed programs and archives are not taken for photographs, and the rest of the page is saved', async () => {
  const rash = await person(town, { name: 'files', scripts: false, alsoAt: BOTH });
  await rash.go('/sign-in?then=/procedures/afterschool_join');
  await signIn(rash, town, 'rash@example.jp');
  await begin(rash, 'afterschool_join');
  const draft = rash.page.url().match(/\/drafts\/[^/]+/)[0];
  await rash.go(`${draft}/guardians`);
  await fill(rash, { 'guardians.0.guardian.family': '佐藤', 'guardians.0.guardian.given': '健', 'guardians.0.reason': 'work' });
  await rash.submit('次へ進む');
  for (const [name, head] of [['photo.jpg', 'MZ\x90\0'], ['scan.pdf', 'PK\x03\x04'], ['page.png', '<svg xmlns="http://www.w3.org/2000/svg">']]) {
    await rash.go(`${draft}/guardians`);
    await fill(rash, { 'guardians.0.guardian.given': `健${name.length}` });
    await rash.page.setInputFiles('[name="guardians.0.work_certificate"]', { name, mimeType: 'image/jpeg', buffer: Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(2000, 1)]) });
    await rash.submit('次へ進む');
    assert.match(await rash.page.locator('#errors').innerText(), /PDFか写真/, name);
    assert.equal(await rash.page.inputValue('[name="guardians.0.guardian.given"]'), `健${name.length}`, 'what stood beside it is saved');
    assert.equal(await rash.page.locator('[data-kept] li').count(), 0);
  }
  await rash.look('not-a-photo');
  rash.calm();
  await rash.leave();
});

test('a definition that changes between two pages keeps what was typed, and the person is told', async () => {
  const late = await person(town, { name: 'changed', alsoAt: BOTH });
  await begin(late, 'disclosure_request');
  await fill(late, WHO);
  await late.submit('次へ進む');
  await fill(late, WHAT);
  await late.submit('次へ進む');
  await fill(late, { way: 'view' });
  await late.submit('次へ進む');
  assert.match(late.page.url(), /\/check$/);
  const file = join(folder, 'base', 'procedures', 'disclosure_request.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('at_most: 2000', 'at_most: 1500'));
  // The town is looked at every two seconds, and checked whole before it is taken: hundreds of procedures, in a build for tests.
  for (const until = Date.now() + 90_000; ;) {
    await late.page.reload();
    if ((await late.page.locator('main').innerText()).includes('手続の内容が変わりました')) break;
    assert.ok(Date.now() < until, 'the person is told');
    await new Promise((next) => setTimeout(next, 300));
  }
  const answers = await late.page.locator('main').innerText();
  for (const kept of [WHO.name, WHAT.documents]) assert.ok(answers.includes(kept), `${kept} is kept`);
  await late.look('changed');
  await late.submit('申請する');
  assert.match(late.page.url(), /\/filed$/);
  late.calm();
  await late.leave();
});

test('pages that say what went wrong look right and end with a way to a person', async () => {
  const lost = await person(town, { name: 'errors', alsoAt: BOTH });
  for (const language of ['ja', 'easy', 'en']) {
    const answer = await lost.go(`/no-such-page?lang=${language}`);
    assert.equal(answer.status(), 404);
    endsWithAPerson(await lost.page.content());
    await lost.look(`404-${language}`);
  }
  lost.calm(404);
  await lost.leave();
});

test('the question page reads in order without style, prints, and holds at 200 %', async () => {
  const reader = await person(town, { name: 'reading', viewport: { width: 640, height: 450 } });
  await begin(reader, 'disclosure_request');
  await reader.look('zoomed');
  const order = await reader.page.evaluate(() => {
    document.querySelectorAll('link[rel=stylesheet]').forEach((sheet) => sheet.remove());
    return document.body.innerText;
  });
  const places = ['本文', 'マイページ', '請求する方', 'どなたの請求ですか', '個人', '次へ進む', '入力に困ったとき'].map((words) => order.indexOf(words));
  assert.ok(places.every((at) => at >= 0) && places.every((at, n) => n === 0 || at > places[n - 1]), `the order of reading: ${places}`);
  await reader.go('/procedures/disclosure_request');
  await reader.page.emulateMedia({ media: 'print' });
  assert.ok(!(await reader.page.getByRole('button', { name: '申請をはじめる' }).isVisible()), 'a sheet of paper has no button');
  await reader.look('print');
  reader.calm();
  await reader.leave();
});
