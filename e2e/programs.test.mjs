// The programs' counter: the readable page with examples that really run, and the desk's page where a program is issued and revoked.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';

const run = promisify(execFile);
let town;
before(async () => { town = await openTown({ residents: 200, cases: 40 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const ANSWERS = JSON.stringify({
  requester: 'person', name: '佐藤 花子', address: { postal_code: '100-0001', line: '見本県見本市中央1-2-3' },
  phone: '090-0000-0001', documents: '中央公園の改修工事の契約書', way: 'view',
});

/** An example of the page with the reader's own values, run by a shell as the reader would. */
async function curl(example, { token, number = '', key = 'one' }) {
  const own = { SITE: town.url, PROCEDURE: 'disclosure_request', ANSWERS, TOKEN: token ?? '', KEY: key, NUMBER: number };
  const command = example.replace(/SITE|PROCEDURE|ANSWERS|TOKEN|KEY|NUMBER/g, (name) => own[name]).replace(/^curl /, 'curl --silent --write-out "\\n%{http_code}" ');
  const { stdout } = await run('bash', ['-c', command]);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: JSON.parse(stdout.slice(0, at)) };
}

/** A program of the keeper's, with the secret that is shown once. */
async function issue(keeper, name) {
  await keeper.go('/desk/programs');
  await keeper.page.getByLabel('名前', { exact: true }).fill(name);
  for (const scope of ['drafts:write', 'cases:file', 'cases:read-own']) await keeper.page.locator(`input[value="${scope}"]`).check();
  await keeper.press('発行する');
  return keeper.page.locator('#secret').innerText();
}

test('a program is issued, its secret shown once, and revoked', { timeout: 180_000 }, async () => {
  const keeper = await staff(town, 'admin', { name: 'staff-programs', alsoAt: [['phone', PHONE]] });
  await keeper.go('/desk/cases');
  await keeper.follow('連携するプログラム');
  await keeper.look('none');
  await keeper.page.getByLabel('名前', { exact: true }).fill('税務システム');
  await keeper.page.locator('input[value="cases:decided-read"]').check();
  await keeper.press('発行する');
  await keeper.page.locator('#wrong', { hasText: '手続のIDを書いてください' }).waitFor();
  assert.equal(await keeper.page.getByLabel('名前', { exact: true }).inputValue(), '税務システム', 'what was typed is kept');
  await keeper.look('wrong');
  const token = await issue(keeper, '子育てアプリ');
  assert.match(token, /^yk_[0-9a-f]{32}_[\w-]{43}$/);
  await keeper.look('issued');
  await keeper.go('/desk/programs');
  assert.equal(await keeper.page.locator('#secret').count(), 0, 'shown once');
  await keeper.look('list');
  await keeper.follow('子育てアプリを失効させる');
  await keeper.look('revoke');
  await keeper.press('失効させる');
  await keeper.page.getByText('失効', { exact: true }).waitFor();
  await keeper.look('revoked');
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${town.url}/api/v1/cases/K7P4M29`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status === 401 && (await answer.json()).type.endsWith('invalid-token')) break;
    assert.ok(tries < 100, 'the residents’ side learns of it');
    await new Promise((next) => setTimeout(next, 50));
  }
  keeper.calm();
  await keeper.leave();
});

test('who does not look after the directory has no such page', { timeout: 60_000 }, async () => {
  const clerk = await staff(town, 'ono');
  assert.equal((await clerk.page.goto('/desk/programs')).status(), 404);
  assert.equal(await clerk.page.getByRole('link', { name: '連携するプログラム' }).count(), 0);
  await clerk.leave();
});

test('the examples of the readable page run as they stand', { timeout: 180_000 }, async () => {
  const keeper = await staff(town, 'admin', { name: 'staff-programs-examples' });
  const token = await issue(keeper, '見本のプログラム');
  const reader = await person(town, { name: 'programs', viewport: { width: 1280, height: 900 }, alsoAt: [['phone', PHONE]] });
  await reader.go('/api');
  await reader.look('guide');
  const examples = await reader.page.locator('pre code').allInnerTexts();
  assert.equal(examples.length, 5);
  const [list, schema, evaluate, file, status] = examples;
  const listed = await curl(list, {});
  assert.equal(listed.status, 200);
  assert.ok(listed.body.procedures.length > 100);
  assert.equal((await curl(schema, {})).body.answers.type, 'object');
  assert.deepEqual((await curl(evaluate, {})).body.wrong, []);
  assert.equal((await curl(file, {})).status, 401);
  // The hatch has brought the token a moment after it was issued.
  let filed;
  for (let tries = 0; tries < 100; tries += 1) {
    filed = await curl(file, { token });
    if (filed.status !== 401) break;
  }
  assert.equal(filed.status, 201, JSON.stringify(filed.body));
  assert.equal((await curl(file, { token })).body.number, filed.body.number, 'sent twice, filed once');
  const stands = await curl(status, { token, number: filed.body.number });
  assert.equal(stands.body.number, filed.body.number);
  // The case stands in the same inbox as all others, and says how it came.
  await keeper.leave();
  const clerk = await staff(town, 'ono', { name: 'staff-programs-case' });
  await clerk.open(filed.body.number);
  await clerk.page.getByText('プログラム').first().waitFor();
  await clerk.look('case');
  await clerk.leave();
  reader.calm();
  await reader.leave();
});

test('the readable page speaks each language and needs no script', { timeout: 120_000 }, async () => {
  const reader = await person(town, { name: 'programs-languages', viewport: PHONE, scripts: false });
  for (const language of ['easy', 'en', 'ja']) {
    await reader.go(`/api?lang=${language}`);
    await reader.look(language);
  }
  reader.calm();
  await reader.leave();
});
