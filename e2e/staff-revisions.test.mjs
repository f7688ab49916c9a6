// A procedure rewritten at the desk: mistakes at their line while it is typed, the resident's page beside it, a second person's approval, the day
// on which it is in force, and the way back.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE, WIDE } from './town.mjs';
import { staff } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 20 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const PROCEDURE = 'disclosure_request';
const TITLE = 'あたらしい公文書の開示請求';

/** Reloads until the residents' page says it: the folder and what lies over it are looked at every two seconds. */
async function until(one, path, words) {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    await one.go(path);
    if (words.test(await one.page.locator('main').innerText())) return;
    await new Promise((next) => setTimeout(next, 300));
  }
  assert.fail(`${path} never said ${words}`);
}

async function begin(one) {
  await one.go(`/desk/revisions/of/${PROCEDURE}`);
  await one.press('改訂を書きはじめる');
  return new URL(one.page.url()).pathname;
}

test('a clerk rewrites a procedure and tries it, a chief approves it, it is in force without a restart, and the way back is a revision too', async () => {
  const ono = await staff(town, 'ono', { name: 'staff-revisions' });
  await ono.go('/desk/revisions');
  await ono.look('list');
  const here = await begin(ono);
  const area = ono.page.locator('#text-0');
  const text = await area.inputValue();

  // A mistake is told at its line after a pause in typing, without a reload, and nothing that was typed is lost.
  await area.fill(`${text}titel: ${TITLE}\n`);
  const mistake = ono.page.locator('#found .mistakes');
  await mistake.getByText('titel').first().waitFor({ timeout: 60_000 });
  assert.match(await mistake.innerText(), /行目/);
  assert.equal(await area.inputValue(), `${text}titel: ${TITLE}\n`);
  await ono.look('mistake');
  await ono.page.locator('#found a[data-line]').first().click();
  assert.match(await area.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), /titel/, 'the link goes to the line');

  await area.fill(`${text}title: ${TITLE}\n`);
  await ono.page.locator('#found').getByText('まちがいはありません').waitFor({ timeout: 60_000 });
  const phone = ono.page.frameLocator('iframe[name=phone]');
  await phone.getByRole('heading', { level: 1, name: TITLE }).waitFor({ timeout: 60_000 });
  assert.equal(await ono.page.locator('#walked .err').count(), 0, 'the examples hold');
  await ono.look('editor');

  // The page in the frame is the resident's own: it asks, refuses and goes on.
  await phone.getByRole('button', { name: '申請をはじめる' }).click();
  await phone.getByRole('button', { name: '次へ進む' }).click();
  await phone.locator('.summary').waitFor();
  await ono.look('frame-wrong');

  await ono.page.getByLabel('改訂の理由').fill('名前をわかりやすくする');
  await ono.page.locator('button[value=submit]').click();
  await ono.said('確認に出しました');
  await ono.look('handed-in');
  const csrf = await ono.page.locator('input[name=csrf]').first().getAttribute('value');
  const own = await ono.context.request.post(`${town.url}${here}/review`, {
    headers: { origin: town.url }, form: { csrf, turn: '2', do: 'approve', day: '2099-01-01' }, maxRedirects: 0,
  });
  assert.equal(own.status(), 403, 'nobody approves their own work');

  // Another department neither reads nor approves it.
  const mori = await staff(town, 'mori', { name: 'staff-revisions-mori' });
  assert.equal((await mori.context.request.get(`${town.url}${here}`)).status(), 404);

  const hana = await person(town, { viewport: PHONE, name: 'staff-revisions-resident' });
  await hana.go(`/procedures/${PROCEDURE}`);
  assert.doesNotMatch(await hana.page.locator('main').innerText(), new RegExp(TITLE), 'what is not approved is not in force');

  const kudo = await staff(town, 'kudo', { name: 'staff-revisions-chief' });
  await kudo.go(here);
  const changes = await kudo.page.locator('main').innerText();
  assert.match(changes, /変わること/);
  assert.match(changes, new RegExp(TITLE));
  await kudo.look('review');
  await kudo.press('承認する');
  await kudo.said('承認しました');
  await until(hana, `/procedures/${PROCEDURE}`, new RegExp(TITLE));
  await hana.look('published');

  await ono.go(`/desk/revisions/of/${PROCEDURE}`);
  assert.match(await ono.page.locator('main').innerText(), /公開された/);
  await ono.look('history');
  await ono.press('はじめて改訂する前の内容にもどす改訂を作る');
  assert.equal(await ono.page.locator('#text-0').inputValue(), text, 'what stood there before');
  for (const one of [ono, kudo, hana, mori]) { one.calm?.(); await one.leave(); }
});

test('without scripts 確かめる does the same, and who saves second reads both texts', async () => {
  const goto = { scripts: false };
  const first = await staff(town, 'goto', { name: 'staff-revisions-plain', ...goto });
  const second = await staff(town, 'sakai', { name: 'staff-revisions-second', ...goto });
  await first.go('/desk/revisions');
  const link = first.page.locator('main table a').first();
  const path = await link.getAttribute('href');
  await first.go(path);
  await first.press('改訂を書きはじめる');
  const here = new URL(first.page.url()).pathname;
  await second.go(here);
  const area = first.page.locator('#text-0');
  const text = await area.inputValue();
  await area.fill(`${text}nonsense: [\n`);
  await first.press('確かめる');
  assert.match(await first.page.locator('#found').innerText(), /直すところ/);
  assert.match(await area.inputValue(), /nonsense/);
  await first.look('plain-mistake');
  await area.fill(`${text}# 一人目\n`);
  await first.press('保存する');
  await first.said('保存しました');

  await second.page.locator('#text-0').fill(`${text}# 二人目\n`);
  await second.press('保存する');
  const clash = await second.page.locator('main').innerText();
  assert.match(clash, /先に保存しました/);
  assert.match(clash, /一人目/);
  assert.match(clash, /二人目/);
  await second.look('clash');
  await second.press('自分の内容で保存する');
  await second.said('保存しました');
  assert.match(await second.page.locator('#text-0').inputValue(), /二人目/);
  for (const one of [first, second]) { one.calm(); await one.leave(); }
});
