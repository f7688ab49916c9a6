// One application, four ways: a page on a phone, paper keyed in, a program, a package of another service. The desk sees four equal cases.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTown, closeBrowser, binary, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, fill, receipt } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 0 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** Ten days from now in Japan: no warning, whichever way it comes. */
const on = new Date(Date.now() + 9 * 3600_000 + 10 * 86_400_000);
const day = on.toISOString().slice(0, 10);
const PAGES = [
  { 'place.postal': '100-0001', 'place.text': '見本県見本市中央1-2-3', use: 'home' },
  { start: day, part_of_day: 'morning' },
  { name: '佐藤 花子', kana: 'サトウ ハナコ', phone: '090-1234-5678' },
  { pay: 'slip', bill_elsewhere: 'no' },
];
/** A date is three boxes or one, as the page has it. */
const dated = async (one, answers) => {
  if (!answers.start || !(await one.page.locator('[name="start.year"]').count())) return answers;
  const { start, ...rest } = answers;
  const [year, month, days] = start.split('-').map(Number);
  const era = await one.page.locator('[name="start.era"]').count();
  return { ...rest, ...(era ? { 'start.era': 'reiwa' } : {}), 'start.year': String(era ? year - 2018 : year), 'start.month': String(month), 'start.day': String(days) };
};

async function byPage() {
  const one = await person(town, { viewport: PHONE, name: 'equal-page' });
  await begin(one, 'water_start');
  for (const answers of PAGES) {
    await fill(one, await dated(one, answers));
    await one.submit('次へ進む');
  }
  await one.submit('申請する');
  return (await receipt(one)).plain;
}

async function byPaper() {
  const goto = await staff(town, 'goto', { name: 'equal-paper', viewport: { width: 1440, height: 900 } });
  await goto.go('/desk/paper/water_start');
  for (const answers of PAGES) await fill(goto, await dated(goto, answers));
  await goto.press('受け付ける');
  const number = goto.page.url().match(/cases\/([A-Z0-9]{7})/)?.[1];
  assert.ok(number, await goto.page.locator('main').innerText());
  await goto.leave();
  return number;
}

async function byProgram() {
  const keeper = await staff(town, 'admin', { name: 'equal-program' });
  await keeper.go('/desk/programs');
  await keeper.page.getByLabel('名前', { exact: true }).fill('引っ越しアプリ');
  for (const scope of ['drafts:write', 'cases:file', 'cases:read-own']) await keeper.page.locator(`input[value="${scope}"]`).check();
  await keeper.press('発行する');
  const token = await keeper.page.locator('#secret').innerText();
  await keeper.leave();
  const answers = {
    place: { postal_code: '100-0001', line: '見本県見本市中央1-2-3' }, use: 'home', start: day, part_of_day: 'morning',
    name: '佐藤 花子', kana: 'サトウ ハナコ', phone: '090-1234-5678', pay: 'slip', bill_elsewhere: false,
  };
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${town.url}/api/v1/cases`, {
      method: 'POST', body: JSON.stringify({ procedure: 'water_start', answers }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'equal' },
    });
    const body = await answer.json();
    if (answer.status === 201) return body.number.replaceAll('-', '');
    // The hatch brings the token a moment after it was issued.
    assert.ok(answer.status === 401 && tries < 200, JSON.stringify(body));
    await new Promise((next) => setTimeout(next, 50));
  }
}

function byPackage() {
  const folder = join(town.data, 'packages');
  mkdirSync(folder);
  const slashed = day.replaceAll('-', '/');
  const table = '整理番号,申込日時,氏名,フリガナ,電話番号,メール,郵便番号,使用場所,方書,用途,使用開始日,時間帯,支払方法,送付先の指定\r\n'
    + `E-1,,佐藤 花子,ｻﾄｳ ﾊﾅｺ,090-1234-5678,,100-0001,見本県見本市中央1-2-3,,家庭用,${slashed},午前,納付書,なし\r\n`;
  const cp932 = execFileSync('iconv', ['-f', 'UTF-8', '-t', 'CP932'], { input: table });
  writeFileSync(join(folder, 'water.csv'), cp932);
  const said = () => execFileSync(binary, ['intake', 'water_start_joint', folder, '--data', join(town.data, 'town'), '--town', 'towns/mihon'], { cwd: join(import.meta.dirname, '..') }).toString();
  const first = said();
  said();
  return first;
}

test('one application filed four ways gives four equal cases, each once', { timeout: 240_000 }, async () => {
  const numbers = [await byPage(), await byPaper(), await byProgram()];
  byPackage();
  const goto = await staff(town, 'goto', { name: 'equal-desk' });
  for (const number of numbers) await goto.open(number);
  await goto.go('/desk/cases');
  const all = await goto.page.locator('main a[href^="/desk/cases/"]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('href').match(/cases\/([A-Z0-9]{7})$/)?.[1]).filter(Boolean))]);
  assert.equal(all.length, 4, `the package came once although it was taken in twice: ${all}`);
  assert.ok(numbers.every((number) => all.includes(number)), `${numbers} of ${all}`);
  const seen = [];
  for (const number of [...numbers, all.find((number) => !numbers.includes(number))]) {
    await goto.open(number);
    const text = await goto.page.locator('main').innerText();
    const part = (from, to) => text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from))).replace(/\s+/g, ' ');
    seen.push({ answers: part('項目', '連絡\n'), limits: part('期限\n', '担当\n'), step: part('受付・場所の確認\n使用場所', '申請内容') });
  }
  for (const other of seen.slice(1)) assert.deepEqual(other, seen[0]);
  assert.match(seen[0].answers, /家庭[^]*午前[^]*佐藤 花子[^]*サトウ[^]*納付書/);
  assert.match(seen[0].limits, /あと2営業日[^]*標準処理期間/);
  assert.match(seen[0].step, /前の使用者の中止/);
  await goto.look('case');
  goto.calm();
});
