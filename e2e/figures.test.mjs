// Figures: the town, a department, a procedure at the desk, as drawings, tables and CSV; who sees whose; two questions after filing.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { openTown, closeBrowser, person, PHONE, WIDE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 60 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** The figures follow the cases within seconds. */
async function followed(one, path = '/desk/figures?period=2026') {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    await one.go(path);
    if (await one.page.locator('.tile b').count() && !/^0/.test(await one.page.locator('.tile b').first().innerText())) return;
    await new Promise((next) => setTimeout(next, 500));
  }
  assert.fail(`${path} never had figures`);
}

/** The fiscal year in which we are, as addresses say it. */
const now = new Date();
const year = now.getMonth() >= 3 ? now.getFullYear() : now.getFullYear() - 1;

test('the town, a department and a procedure, each with drawings, tables and CSV', async () => {
  const admin = await staff(town, 'admin', { name: 'figures', alsoAt: [['phone', PHONE]] });
  await followed(admin, `/desk/figures?period=${year}`);
  await admin.look('town');
  const department = admin.page.locator('table', { hasText: '課ごとの数' }).locator('tbody a').first();
  await Promise.all([admin.page.waitForEvent('load'), department.click()]);
  await admin.look('department');
  const procedure = admin.page.locator('table', { hasText: '手続ごとの数' }).locator('tbody a').first();
  await Promise.all([admin.page.waitForEvent('load'), procedure.click()]);
  await admin.look('procedure');
  const since = admin.page.locator('table', { hasText: '手続の版' }).locator('tbody a').first();
  await Promise.all([admin.page.waitForEvent('load'), since.click()]);
  await admin.page.getByText('くらべます').waitFor();
  await admin.look('before-and-after');

  // What the page shows, a spreadsheet opens.
  const href = await admin.page.getByRole('link', { name: '月ごとの数をCSVで保存' }).getAttribute('href');
  const csv = await admin.context.request.get(`${town.url}${href}`);
  assert.equal(csv.headers()['content-type'], 'text/csv; charset=utf-8');
  assert.match(csv.headers()['content-disposition'], /^attachment; filename="figures-procedure-[a-z_]+-\d{4}-months\.csv"$/);
  const bytes = await csv.body();
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'with a byte order mark');
  const lines = bytes.toString('utf8').trim().split('\r\n');
  assert.ok(lines.length >= 4 && lines.length <= 13, `months below their headings: ${lines.length}`);
  assert.equal(lines[0].split(',').length, lines.at(-1).split(',').length);

  // The report as PDF says the same as the page, in words that can be searched.
  await admin.go(`/desk/figures?of=town&period=${year}`);
  const cells = await admin.page.locator('table', { hasText: 'すべての項目' }).locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));
  const pdf = await admin.context.request.get(town.url + await admin.page.locator('a[href^="/desk/figures.pdf"]').getAttribute('href'));
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  const report = execFileSync('pdftotext', ['-layout', '-', '-'], { input: await pdf.body() }).toString('utf8').replace(/[ \n]+/g, '');
  assert.ok(cells.length >= 12, `${cells.length} lines`);
  for (const [label, figure] of cells.filter(([label]) => /受付|決定|取下げ|職員の費用/.test(label))) {
    assert.ok(report.includes(`${label}${figure}`.replace(/[ \n]+/g, '')), `${label} ${figure} is in the report`);
  }
  assert.equal((await admin.context.request.get(`${town.url}/desk/figures.pdf?of=town&period=2026-13`)).status(), 404);

  // Another period and another to hold it against, chosen by keyboard.
  await admin.go('/desk/figures');
  await admin.page.getByLabel('くらべる相手').selectOption('year');
  await admin.submit('表示');
  assert.match(admin.page.url(), /against=year/);
  admin.calm();
});

test('a department sees its own figures and no others; without scripts as well', async () => {
  const ono = await staff(town, 'ono', { name: 'figures-ono', scripts: false });
  await ono.go('/desk/figures');
  assert.match(await ono.page.locator('h1').innerText(), /総務課/);
  await ono.look('own');
  for (const path of ['?of=town', '?of=department:tax', '?of=nothing', '?of=department:general_affairs&period=2026-13']) {
    for (const page of ['/desk/figures', '/desk/figures.csv']) {
      const answer = await ono.context.request.get(`${town.url}${page}${path}`);
      assert.equal(answer.status(), 404, `${page}${path}`);
    }
  }
  const stranger = await person(town, { viewport: WIDE, name: 'figures-stranger' });
  const refused = await stranger.context.request.get(`${town.url}/desk/figures.csv?of=town`, { maxRedirects: 0 });
  assert.notEqual(refused.status(), 200);
});

test('two questions after filing: once, without a name, by whoever filed', async () => {
  const hanako = await person(town, { name: 'voice', alsoAt: [['wide', WIDE]] });
  const { plain } = await fileDisclosure(hanako);
  await hanako.go(`/status/${plain}`);
  await Promise.all([hanako.page.waitForEvent('load'), hanako.page.getByRole('link', { name: /2つの質問に答える/ }).click()]);
  await hanako.look('asked');
  await hanako.submit('答えを送る');
  await hanako.page.getByRole('alert').getByText('まだ何も選ばれていません').waitFor();
  await hanako.look('empty');
  await hanako.page.check('[name="ease"][value="4"]');
  await hanako.page.check('[name="got"][value="5"]');
  await hanako.page.fill('[name="said"]', '写真の撮り方の例があると助かります。');
  await hanako.submit('答えを送る');
  await hanako.page.getByRole('heading', { name: 'ありがとうございました' }).waitFor();
  await hanako.look('thanks');
  await hanako.go(`/voice/${plain}`);
  assert.equal(await hanako.page.locator('[name="ease"]').count(), 0, 'once for each case');
  hanako.calm(422);

  const another = await person(town, { name: 'voice-another' });
  await another.go(`/voice/${plain}`);
  assert.match(another.page.url(), /\/status\//, 'who may not see the case is asked for the numbers of the receipt');
  await another.go('/voice/K7P4M29');
  assert.match(another.page.url(), /\/status\//);
});

test('the questions in easy Japanese and in English, without scripts', async () => {
  const someone = await person(town, { name: 'voice-languages', scripts: false });
  const { plain } = await fileDisclosure(someone);
  for (const [language, title] of [['easy', /2つの\s*質問/], ['en', /Two questions about your application/]]) {
    await someone.go(`/voice/${plain}?lang=${language}`);
    assert.match(await someone.page.locator('h1').innerText(), title);
    await someone.look(language);
  }
});
