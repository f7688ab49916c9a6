// 連携: a clerk hands decided cases over as a file, brings results back, looks first and takes them then; who has no grant finds no door.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTown, closeBrowser, binary } from './town.mjs';
import { staff, PHONE } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 400 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** Follows the link that looks again until the page says it. */
async function until(one, words) {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if (words.test(await one.page.locator('main').innerText())) return;
    await one.page.reload();
  }
  assert.fail(`the page never said ${words}`);
}

async function download(one, label) {
  const [file] = await Promise.all([one.page.waitForEvent('download'), one.page.getByRole('button', { name: label }).first().click()]);
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

test('a clerk hands decided cases over once, and has the same file again', async () => {
  const clerk = await staff(town, 'goto', { name: 'staff-exchange-out', alsoAt: [['phone', PHONE]] });
  await clerk.go('/desk/exchange');
  await clerk.look('list');
  const link = clerk.page.locator('main a', { hasText: '→' }).first();
  assert.ok(await link.count(), 'the clerk has a mapping to hand over');
  await Promise.all([clerk.page.waitForEvent('load'), link.click()]);
  await clerk.look('empty');
  await clerk.press('まだ渡していない案件のファイルを作る');
  await until(clerk, /ダウンロード|渡すものがありませんでした/);
  await clerk.look('batch');
  if (await clerk.page.getByRole('button', { name: /ダウンロード/ }).count()) {
    const one = await download(clerk, /ダウンロード/);
    const two = await download(clerk, /ダウンロード/);
    assert.ok(one.bytes.length > 0 && /-1\.(csv|xlsx|json)$/.test(one.name), one.name);
    if (!one.name.endsWith('xlsx')) assert.ok(one.bytes.equals(two.bytes), 'the same file again');
  }
  clerk.calm();
  await clerk.leave();
});

test('a list is looked at first, taken then, and the same file changes nothing', async () => {
  const clerk = await staff(town, 'mori', { name: 'staff-exchange-in', alsoAt: [['phone', PHONE]] });
  await clerk.go('/desk/exchange/nursery_facilities');
  await clerk.look('bring');
  const bring = async (text, name = 'facilities.csv') => {
    await clerk.go('/desk/exchange/nursery_facilities');
    await clerk.page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${text}`) });
    await clerk.press('試してみる（まだ何も変わりません）');
  };
  const head = '施設番号,施設名,種別,受入年齢,所在地,利用定員\r\n';
  await bring(`${head}minami_hoiku,南保育所,認可保育所,0歳から5歳,南町1丁目,100\r\n,名のない園,認可保育所,,,1\r\nx,"こわれた"園,認可保育所,,,1\r\n`);
  await until(clerk, /試し終わりました/);
  assert.match(await clerk.page.locator('main').innerText(), /3\s+1 施設番号/);
  await clerk.look('looked');
  await clerk.press('取り込む');
  await until(clerk, /取り込みました/);
  await clerk.look('taken');
  await clerk.go('/desk/registers/nursery_facility');
  assert.match(await clerk.page.locator('main').innerText(), /南保育所/);
  await bring('施設番号,別の列\r\n', 'wrong.csv');
  await until(clerk, /終わりまで読めませんでした/);
  await clerk.look('refused');
  await bring(`${head}minami_hoiku,南保育所,認可保育所,0歳から5歳,南町1丁目,100\r\n,名のない園,認可保育所,,,1\r\nx,"こわれた"園,認可保育所,,,1\r\n`);
  await until(clerk, /試し終わりました/);
  assert.match(await clerk.page.locator('.facts').innerText(), /変わらない行\s*1/, 'what was taken is the same now, and what could not be may be tried again');
  clerk.calm();
  await clerk.leave();
});

test('what was looked at at the terminal is taken at the desk, once its file is here', async () => {
  const text = '\ufeff施設番号,施設名,種別,受入年齢,所在地,利用定員\r\nkita_hoiku,北保育所,認可保育所,0歳から5歳,北町1丁目,90\r\n';
  const file = join(town.data, 'north.csv');
  writeFileSync(file, text);
  execFileSync(binary, ['import', 'nursery_facilities', file, '--dry-run', '--data', join(town.data, 'town'), '--town', 'towns/mihon'],
    { cwd: join(import.meta.dirname, '..') });
  const clerk = await staff(town, 'mori', { name: 'staff-exchange-terminal', alsoAt: [['phone', PHONE]] });
  await clerk.go('/desk/exchange/nursery_facilities');
  await Promise.all([clerk.page.waitForEvent('load'), clerk.page.locator('main a', { hasText: 'north.csv' }).click()]);
  await clerk.press('取り込む');
  assert.match(await clerk.page.locator('main').innerText(), /もうここにありません/, 'its bytes never lay here');
  await clerk.look('no-file');
  await clerk.go('/desk/exchange/nursery_facilities');
  await clerk.page.setInputFiles('#file', { name: 'north.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await clerk.press('試してみる（まだ何も変わりません）');
  await clerk.press('取り込む');
  await until(clerk, /取り込みました/);
  await clerk.go('/desk/registers/nursery_facility');
  assert.match(await clerk.page.locator('main').innerText(), /北保育所/);
  clerk.calm();
  await clerk.leave();
});

test('without scripts it works alike, and who has no grant finds no door', async () => {
  const clerk = await staff(town, 'mori', { name: 'staff-exchange-plain', scripts: false });
  await clerk.go('/desk/exchange/nursery_facilities');
  await clerk.look('bring');
  const goto = await staff(town, 'goto', { name: 'staff-exchange-direction' });
  const bring = (mapping) => goto.context.request.post(`${town.url}/desk/exchange/${mapping}/imports`, {
    headers: { origin: town.url }, multipart: { csrf: 'no', file: { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('a') } },
  });
  assert.equal((await bring('water_start_billing')).status(), 404, 'nothing is brought in by a mapping out');
  assert.notEqual((await bring('water_meters')).status(), 404, 'by one in it is, but for the token');
  assert.ok((await bring('water_meters')).status() >= 400);
  await goto.leave();
  const admin = await staff(town, 'admin', { name: 'staff-exchange-admin' });
  assert.equal(await admin.page.locator('a[href="/desk/exchange"]').count(), 0);
  const answer = await admin.context.request.get(`${town.url}/desk/exchange/nursery_facilities`);
  assert.equal(answer.status(), 404);
  await clerk.leave();
  await admin.leave();
});
