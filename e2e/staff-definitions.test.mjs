// A town's folder made wrong while the town is served: the old version stays, staff read where and how to mend it, and the mended one is taken.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yakuba-towns-'));
  cpSync(resolve(import.meta.dirname, '..', 'towns'), folder, { recursive: true });
  town = await openTown({ residents: 200, cases: 20, args: ['--town', join(folder, 'mihon')] });
});
after(async () => { await closeBrowser(); await town?.close(); rmSync(folder, { recursive: true, force: true }); });

/** Reloads until the page says it; the folder is looked at every two seconds, and checked whole before it is taken. */
async function until(one, path, words) {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    await one.go(path);
    if (words.test(await one.page.locator('main').innerText())) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  assert.fail(`${path} never said ${words}`);
}

test('a wrong folder is refused while the town is served: the old version stays, staff read file, line, column and how to mend it', async () => {
  const admin = await staff(town, 'admin', { name: 'staff-definitions' });
  await until(admin, '/desk/definitions', /最新の版で動いています/);
  const version = await admin.page.locator('tr', { hasText: 'disclosure_request' }).locator('code').innerText();

  const file = join(folder, 'base', 'procedures', 'disclosure_request.yaml');
  const good = readFileSync(file, 'utf8');
  const wrong = good.replace('kind: long_text', 'kind: lnog_text');
  const line = wrong.split('\n').findIndex((text) => text.includes('lnog_text')) + 1;
  const column = wrong.split('\n')[line - 1].indexOf('lnog_text') + 1;
  assert.notEqual(wrong, good);
  writeFileSync(file, wrong);

  await until(admin, '/desk/definitions', /古い版のまま動いています/);
  const problems = await admin.page.locator('section[aria-labelledby=problems]').innerText();
  assert.match(problems, new RegExp(`disclosure_request\\.yaml:${line}:${column}`), 'file, line and column');
  assert.match(problems, /lnog_text/, 'what is wrong');
  assert.match(problems, /long_text/, 'and how to mend it');
  assert.equal(await admin.page.locator('tr', { hasText: 'disclosure_request' }).locator('code').innerText(), version, 'the old version is in force');
  await admin.look('refused');
  await admin.go('/desk/cases?queue=all');
  await admin.page.getByText('古い版で動いています').waitFor();
  await admin.look('banner');

  // Whoever cannot mend it is not bothered with it, and reads that work goes on.
  const ono = await staff(town, 'ono', { name: 'staff-definitions-ono' });
  assert.equal(await ono.page.getByText('新しい版を読み込めません').count(), 0);
  await ono.go('/desk/definitions');
  assert.match(await ono.page.locator('main').innerText(), /古い版のまま動いています/);
  assert.doesNotMatch(await ono.page.locator('main').innerText(), /lnog_text|yaml/);
  await ono.look('old-version');

  // Residents file under it as before, and staff work on it.
  const hana = await person(town, { viewport: PHONE, name: 'staff-definitions-resident' });
  const { number } = await fileDisclosure(hana);
  await ono.open(number);
  await ono.press('担当する');
  await ono.said('担当になりました');

  writeFileSync(file, good);
  await until(admin, '/desk/definitions', /最新の版で動いています/);
  assert.equal(await admin.page.locator('section[aria-labelledby=problems]').count(), 0);
  for (const one of [admin, ono, hana]) { one.calm(); await one.leave(); }
});
