// What becomes of it: the status page, live and without scripts; correcting, writing, withdrawing; the decision and its letter; my page.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { BOTH, fileDisclosure, fill, signIn, staff } from './resident.mjs';

let town;
let clerk;
let chief;
before(async () => {
  town = await openTown({ residents: 300, cases: 40 });
  clerk = await staff(town, 'ono');
  chief = await staff(town, 'kudo');
});
after(async () => { await closeBrowser(); await town.close(); });

const PDF = '%PDF-';

test('from the status page: corrected, written to, decided, the letter read, without reloading', async () => {
  const hanako = await person(town, { name: 'status', alsoAt: BOTH });
  await hanako.go('/sign-in?then=/procedures/disclosure_request');
  await signIn(hanako, town, 'status@example.jp');
  const { plain } = await fileDisclosure(hanako, { who: { mail: 'status@example.jp' } });
  await clerk.seen(plain);
  await hanako.go(`/status/${plain}`);
  assert.match(await hanako.page.locator('.facts').innerText(), /まで/, 'the day they will hear');
  const heading = hanako.page.locator('h1');
  await clerk.press(plain, 'do/claim');

  // The clerk asks for a correction while the page stands open.
  const soon = new Date(Date.now() + 14 * 86400000).toISOString().slice(0, 10);
  await clerk.press(plain, 'correction', { field: 'documents', say: 'どの工事の契約書か教えてください。', until: soon });
  await hanako.page.waitForFunction(() => document.querySelector('h1').textContent.includes('直してください'));
  await hanako.look('correction-asked');
  await hanako.page.getByRole('link', { name: '直す' }).click();
  await hanako.page.waitForURL(/\/correct$/);
  assert.equal(await hanako.page.locator('main textarea').count(), 1, 'just what was asked for');
  assert.equal(await hanako.page.locator('[name=name]').count(), 0);
  assert.match(await hanako.page.inputValue('[name=documents]'), /契約書/);
  await hanako.look('correct');
  await fill(hanako, { documents: '' });
  await hanako.submit('直したものを送る');
  await hanako.look('correct-wrong');
  assert.match(await hanako.page.locator('#errors').innerText(), /公文書の名称/);
  await fill(hanako, { documents: '令和7年度 中央公園改修工事 請負契約書' });
  await hanako.submit('直したものを送る');
  await hanako.page.waitForURL(new RegExp(`/status/${plain}$`));
  assert.match(await heading.innerText(), /直したものを受け取りました|審査/);

  await fill(hanako, { text: '平日は17時からなら電話に出られます。' });
  await hanako.submit('送る');
  assert.match(await hanako.page.locator('#messages').innerText(), /17時から/);
  await hanako.look('written');
  // The same browser says what was wrong when the script's and the browser's own bounds are gone.
  const csrf = await hanako.page.locator('#messages [name=csrf]').inputValue();
  const long = await hanako.context.request.post(`/status/${plain}/write`, { form: { csrf, text: '長'.repeat(2001) } });
  assert.equal(long.status(), 422);
  assert.ok((await long.text()).includes('長'.repeat(2001)), 'what was written comes back');

  await hanako.go(`/status/${plain}`);
  await clerk.press(plain, 'do/advance');
  await clerk.press(plain, 'propose', {
    outcome: 'full', reason: '', 'full.documents': '中央公園改修工事請負契約書', 'full.method': '閲覧', 'full.day': '令和8年12月15日 午後2時', 'full.place': '情報公開コーナー',
  });
  await chief.press(plain, 'do/approve');
  await hanako.page.waitForFunction(() => document.querySelector('#decision'));
  assert.match(await hanako.page.locator('main').innerText(), /開示することに決まりました/);
  const letter = hanako.page.locator('a[href*="/letters/"]').first();
  await letter.waitFor();
  await hanako.look('decided');
  const pdf = await hanako.context.request.get(await letter.getAttribute('href'));
  assert.equal((await pdf.body()).subarray(0, 5).toString(), PDF);
  await hanako.go(`/status/${plain}/answers`);
  await hanako.look('answers');
  await hanako.go('/my');
  assert.match(await hanako.page.locator('main').innerText(), /決まりました/);
  await hanako.look('my');
  await hanako.go('/my/notices');
  await hanako.look('notices');
  hanako.calm(422);
  await hanako.leave();
});

test('without scripts the Update button brings what is new', async () => {
  const ken = await person(town, { name: 'status-plain', scripts: false });
  const { plain } = await fileDisclosure(ken);
  await clerk.seen(plain);
  await ken.go(`/status/${plain}`);
  await ken.look('before');
  assert.ok(!(await ken.page.getByText('自動で新しくなります').isVisible()), 'nothing is promised that only a script does');
  await clerk.press(plain, 'do/claim');
  const soon = new Date(Date.now() + 14 * 86400000).toISOString().slice(0, 10);
  await clerk.press(plain, 'correction', { field: 'documents', say: 'もう少し詳しく', until: soon });
  // The hatch hands the news down within moments.
  for (let tries = 0; tries < 100; tries += 1) {
    await ken.page.getByRole('link', { name: '最新の状況にする' }).click();
    await ken.page.waitForLoadState('load');
    if (/直してください/.test(await ken.page.locator('h1').innerText())) break;
  }
  assert.match(await ken.page.locator('h1').innerText(), /直してください/);
  await ken.look('after');
  ken.calm();
  await ken.leave();
});

test('the receipt opens the status, a wrong and a missing number are answered alike, and nothing shows without a session', async () => {
  const owner = await person(town, { name: 'receipt-owner' });
  const { plain, number, secret } = await fileDisclosure(owner);
  const other = await person(town, { name: 'receipt', alsoAt: BOTH });
  await other.go(`/status/${plain}`);
  const closed = await other.page.locator('main').innerText();
  await other.look('asks-for-the-receipt');
  await other.go('/status/K7P4M29');
  assert.equal(await other.page.locator('main').innerText(), closed, 'a number that exists looks like one that does not');
  for (const path of ['live', 'answers', 'receipt.pdf', 'filed', 'correct', 'withdraw']) {
    const there = await other.context.request.get(`/status/${plain}/${path}`, { maxRedirects: 0 });
    const nowhere = await other.context.request.get(`/status/K7P4M29/${path}`, { maxRedirects: 0 });
    assert.equal(there.status(), nowhere.status(), path);
    assert.ok(![200].includes(there.status()), `${path} is closed`);
  }
  const answers = [];
  for (const [typed, key] of [[number, 'AAAA-AAAA'], ['K7P-4M2-9', 'AAAA-AAAA'], ['K7P-4M2-9', secret]]) {
    await other.go('/status');
    await fill(other, { number: typed, secret: key });
    await other.submit('状況を見る');
    assert.equal(await other.page.inputValue('[name=number]'), typed, 'what was typed stays');
    answers.push(await other.page.locator('main').innerText());
  }
  assert.equal(new Set(answers).size, 1, 'wrong and missing are told alike');
  await other.look('wrong-numbers');
  // As people type on a telephone: small letters, no dashes.
  await fill(other, { number: plain.toLowerCase(), secret: secret.replace('-', '').toLowerCase() });
  await other.submit('状況を見る');
  await other.page.waitForURL(new RegExp(`/status/${plain}$`));
  assert.ok(!other.page.url().includes(secret.replace('-', '')), 'the secret never stands in an address');
  other.calm(422, 404);
  owner.calm();

  await owner.go(`/status/${plain}/withdraw`);
  await owner.look('withdraw');
  await owner.submit('取り下げる');
  await owner.page.waitForURL(new RegExp(`/status/${plain}$`));
  assert.match(await owner.page.locator('h1').innerText(), /取り下げました/);
  await owner.look('withdrawn');
  await owner.leave();
  await other.leave();
});

test('withdrawing: once, by its own person, and not after the decision', async () => {
  const hanako = await person(town, { name: 'withdraw', alsoAt: BOTH });
  await hanako.go('/sign-in?then=/procedures/disclosure_request');
  await signIn(hanako, town, 'withdraw@example.jp');
  const first = await fileDisclosure(hanako, { who: { mail: 'withdraw@example.jp' } });
  const decided = await fileDisclosure(hanako, { who: { mail: 'withdraw@example.jp' } });
  const token = async (someone) => someone.page.locator('[name=csrf]').first().inputValue();
  const post = async (someone, plain, csrf) =>
    someone.context.request.post(`/status/${plain}/withdraw`, { form: { csrf }, maxRedirects: 0 });

  // Another person, signed in too: the case does not exist for them, whatever they send.
  const other = await person(town, { name: 'withdraw-other' });
  await other.go('/sign-in?then=/my');
  await signIn(other, town, 'other@example.jp');
  const refused = await post(other, first.plain, await token(other));
  const nowhere = await post(other, 'K7P4M29', await token(other));
  assert.equal(refused.status(), nowhere.status(), 'answered as if there were no such case');
  assert.ok(refused.status() >= 300 && !(await refused.text()).includes('取り下げました'));
  // A forged form does nothing either.
  assert.ok((await post(hanako, first.plain, 'forged')).status() >= 400);

  await hanako.go(`/status/${first.plain}`);
  assert.ok(!(await hanako.page.locator('h1').innerText()).includes('取り下げ'), 'nobody but herself withdraws it');
  await hanako.page.getByRole('link', { name: /取り下げ/ }).click();
  await hanako.page.waitForURL(/\/withdraw$/);
  await hanako.look('asks-once-more');
  const csrf = await token(hanako);
  await hanako.submit('取り下げる');
  await hanako.page.waitForURL(new RegExp(`/status/${first.plain}$`));
  assert.match(await hanako.page.locator('h1').innerText(), /取り下げました/);
  assert.equal(await hanako.page.locator(`a[href$="/withdraw"]`).count(), 0, 'it is not offered again');
  await hanako.look('withdrawn');
  // The desk knows, and the clerk no longer works on it.
  for (let tries = 0; ; tries += 1) {
    if (/取下げ/.test((await clerk.seen(first.plain)).html)) break;
    assert.ok(tries < 200, 'the desk hears of it');
    await new Promise((next) => setTimeout(next, 50));
  }
  // Twice: the old page sent again changes nothing and is answered in words.
  const again = await post(hanako, first.plain, csrf);
  assert.equal(again.status(), 303);
  await hanako.go(`/status/${first.plain}/withdraw`);
  assert.ok(!hanako.page.url().endsWith('/withdraw'), 'the page leads to where the case stands');

  // After the decision it stands.
  await clerk.seen(decided.plain);
  await hanako.go(`/status/${decided.plain}/withdraw`);
  const open = await token(hanako);
  await clerk.press(decided.plain, 'do/claim');
  await clerk.press(decided.plain, 'do/advance');
  await clerk.press(decided.plain, 'propose', {
    outcome: 'full', reason: '', 'full.documents': '請負契約書', 'full.method': '閲覧', 'full.day': '令和8年12月15日 午後2時', 'full.place': '情報公開コーナー',
  });
  await chief.press(decided.plain, 'do/approve');
  for (let tries = 0; ; tries += 1) {
    await hanako.go(`/status/${decided.plain}`);
    if (await hanako.page.locator('#decision').count()) break;
    assert.ok(tries < 200, 'the decision comes down');
  }
  assert.equal((await post(hanako, decided.plain, open)).status(), 303, 'the page that stood open is sent');
  await hanako.go(`/status/${decided.plain}`);
  assert.match(await hanako.page.locator('h1').innerText(), /決まりました/);
  assert.equal(await hanako.page.locator('a[href$="/withdraw"]').count(), 0);
  assert.ok(!(await hanako.page.locator('main').innerText()).includes('取り下げました'));
  await hanako.look('decided-stays');
  hanako.calm();
  await hanako.leave();
  await other.leave();
});

test('a page is light and quick', async () => {
  const reader = await person(town, { name: 'light' });
  // By address: what the browser takes from its cache on later pages is no further weight.
  const bodies = new Map();
  reader.page.on('response', (answer) => {
    const isCode = /\/assets\//.test(answer.url()) && /css|javascript/.test(answer.headers()['content-type'] ?? '');
    if (isCode && !bodies.has(answer.url())) bodies.set(answer.url(), answer.body());
  });
  const { plain } = await fileDisclosure(reader);
  await reader.go(`/status/${plain}`);
  await reader.page.waitForLoadState('load');
  const weight = (await Promise.all(bodies.values())).reduce((sum, body) => sum + body.length, 0);
  assert.ok(weight > 30_000 && weight < 60_000, `${weight} bytes of script and style on the whole way`);
  const p50 = async (path) => {
    const times = [];
    for (let at = 0; at < 40; at += 1) {
      const began = performance.now();
      await reader.context.request.get(path);
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[20].toFixed(1);
  };
  console.log(`script and style: ${weight} bytes; p50 of a debug build over TCP: status ${await p50(`/status/${plain}`)} ms, guide ${await p50('/procedures/disclosure_request')} ms`);
  await reader.leave();
});
