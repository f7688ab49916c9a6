// A procedure rewritten at the desk: mistakes at their line while it is typed, the resident's page beside it, a second person's approval, the day
// on which it is in force, and the way back.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';

// A small town of its own: what is looked at here is looked at with the whole folder, again and again.
let town;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yakuba-towns-'));
  cpSync(resolve(import.meta.dirname, '..', 'crates', 'revisions', 'tests', 'mihon'), join(folder, 'mihon'), { recursive: true });
  town = await openTown({ residents: 20, cases: 4, args: ['--town', join(folder, 'mihon')] });
});
after(async () => { await closeBrowser(); await town?.close(); rmSync(folder, { recursive: true, force: true }); });

const PROCEDURE = 'tree_request';
const CHANGED = /17分/;

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

test('without scripts a question is added, moved and taken away by the form, and who uses it is told before', async () => {
  const ueda = await staff(town, 'ueda', { name: 'staff-revisions-form', scripts: false, alsoAt: [['phone', PHONE]] });
  await begin(ueda);
  const area = ueda.page.locator('#text-0');
  await ueda.page.getByText('項目で直す').click();
  await ueda.page.getByLabel('記入にかかる分数').fill('4');
  const add = ueda.page.locator('fieldset', { has: ueda.page.locator('legend', { hasText: '質問を足す' }) });
  await add.getByLabel('どの画面に').selectOption({ label: '申し出る方' });
  await add.getByLabel('質問の見出し').fill('電話番号');
  await add.getByLabel('質問の id').fill('mail');
  await add.getByLabel('質問の種類').selectOption('phone');
  await ueda.press('質問を足す');
  assert.match(await ueda.page.locator('[role=alert]').innerText(), /同じ id がもうあります/);
  assert.equal(await add.getByLabel('質問の見出し').inputValue(), '電話番号', 'what was typed stays');
  await add.getByLabel('質問の id').fill('phone');
  await ueda.press('質問を足す');
  await ueda.said('質問を足しました');
  const mail = /( +mail: .*\n)( +)phone: /;
  assert.match(await area.inputValue(), mail);
  assert.match(await area.inputValue(), /minutes: 4\n/, 'a line that was changed is written in on the way');
  assert.match(await area.inputValue(), /phone: \{ kind: phone, label: 電話番号, required: no \}/);
  await ueda.look('added');

  await ueda.press(/「電話番号」を\s*上へ/);
  assert.match(await area.inputValue(), /phone: .*\n +mail: /);
  await ueda.page.getByLabel(/「電話番号」を\s*ほかの画面に移す/).selectOption({ label: 'どの木か' });
  await ueda.press(/「電話番号」を\s*移す/);
  assert.match(await area.inputValue(), /place: .*\n +phone: /);

  await ueda.page.locator('details.question > summary', { hasText: '木のある場所' }).click();
  const before = await area.inputValue();
  await ueda.press(/「木のある場所」を\s*消す/);
  assert.match(await ueda.page.locator('[role=alert]').innerText(), /ほかのところで使われています[^]*hedge_request/);
  assert.equal(await area.inputValue(), before, 'nothing is gone yet');
  await ueda.look('uses');
  await ueda.press('それでも消す');
  await ueda.said('消しました');
  assert.doesNotMatch(await area.inputValue(), / place: \{ kind/);
  assert.match(await ueda.page.locator('#found').innerText(), /直すところ/);
  await ueda.look('gone');
  await ueda.press('この改訂を取りやめる');
  await ueda.said('取りやめました');
  ueda.calm();
  await ueda.leave();
});

test('a clerk rewrites a procedure and tries it, a chief approves it, it is in force without a restart, and the way back is a revision too', async () => {
  const ueda = await staff(town, 'ueda', { name: 'staff-revisions' });
  await ueda.go('/desk/revisions');
  await ueda.look('list');
  const here = await begin(ueda);
  const area = ueda.page.locator('#text-0');
  const text = await area.inputValue();

  // By the form: a line of its own for what is changed most often, written into the text where it stands.
  await ueda.page.getByText('項目で直す').click();
  await ueda.page.getByLabel('記入にかかる分数').fill('16');
  await ueda.look('items');
  await ueda.press('下の文に書き入れる');
  assert.equal(await area.inputValue(), text.replace('minutes: 3', 'minutes: 16'));

  // A mistake is told at its line after a pause in typing, without a reload, and nothing that was typed is lost.
  await area.fill(text.replace('minutes: 3', 'minuts: 17'));
  const mistake = ueda.page.locator('#found .mistakes');
  await mistake.getByText('minuts').first().waitFor({ timeout: 60_000 });
  assert.match(await mistake.innerText(), /行目/);
  assert.equal(await area.inputValue(), text.replace('minutes: 3', 'minuts: 17'));
  await ueda.look('mistake');
  await ueda.page.locator('#found li', { hasText: 'minuts: 17' }).locator('a[data-line]').first().click();
  assert.match(await area.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), /minuts/, 'the link goes to the line');

  await area.fill(text.replace('minutes: 3', 'minutes: 17'));
  await ueda.page.locator('#found').getByText('まちがいはありません').waitFor({ timeout: 60_000 });
  const phone = ueda.page.frameLocator('iframe[name=phone]');
  await phone.getByText(CHANGED).first().waitFor({ timeout: 60_000 });
  assert.equal(await ueda.page.locator('#walked .err').count(), 0, 'the examples hold');
  await ueda.look('editor');

  // The page in the frame is the resident's own: it asks, refuses and goes on.
  await phone.getByRole('button', { name: '申請をはじめる' }).click();
  await phone.getByRole('button', { name: '次へ進む' }).click();
  await phone.locator('.summary').waitFor();
  await ueda.look('frame-wrong');

  await ueda.page.getByLabel('改訂の理由').fill('かかる時間を実際に合わせる');
  await ueda.page.locator('button[value=submit]').click();
  await ueda.said('確認に出しました');
  await ueda.look('handed-in');
  const csrf = await ueda.page.locator('input[name=csrf]').first().getAttribute('value');
  const own = await ueda.context.request.post(`${town.url}${here}/review`, {
    headers: { origin: town.url }, form: { csrf, turn: '2', do: 'approve', day: '2099-01-01' }, maxRedirects: 0,
  });
  assert.equal(own.status(), 403, 'nobody approves their own work');

  // Another department neither reads nor approves it.
  const nagai = await staff(town, 'nagai', { name: 'staff-revisions-other' });
  assert.equal((await nagai.context.request.get(`${town.url}${here}`)).status(), 404);

  const hana = await person(town, { viewport: PHONE, name: 'staff-revisions-resident' });
  await hana.go(`/procedures/${PROCEDURE}`);
  assert.doesNotMatch(await hana.page.locator('main').innerText(), CHANGED, 'what is not approved is not in force');

  const noguchi = await staff(town, 'noguchi', { name: 'staff-revisions-chief' });
  await noguchi.go(here);
  const changes = await noguchi.page.locator('main').innerText();
  assert.match(changes, /変わること/);
  assert.match(changes, /17/);
  await noguchi.look('review');
  await noguchi.press('承認する');
  await noguchi.said('承認しました');
  await until(hana, `/procedures/${PROCEDURE}`, CHANGED);
  await hana.look('published');

  await ueda.go(`/desk/revisions/of/${PROCEDURE}`);
  assert.match(await ueda.page.locator('main').innerText(), /公開された/);
  await ueda.look('history');
  await ueda.press('はじめて改訂する前の内容にもどす改訂を作る');
  assert.equal(await ueda.page.locator('#text-0').inputValue(), text, 'what stood there before');
  for (const one of [ueda, noguchi, hana, nagai]) { one.calm?.(); await one.leave(); }
});

test('without scripts 確かめる does the same, and who saves second reads both texts', async () => {
  const plain = { scripts: false };
  const first = await staff(town, 'ueda', { name: 'staff-revisions-plain', ...plain });
  const second = await staff(town, 'hara', { name: 'staff-revisions-second', ...plain });
  await first.go('/desk/revisions');
  await first.follow('生け垣の伐採');
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
