// What is not a person's to know does not exist for them; what is not theirs to do does nothing.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
let filed;
before(async () => {
  town = await openTown({ residents: 200, cases: 30 });
  const someone = await person(town, { viewport: PHONE, name: 'staff-refusals-resident' });
  filed = await fileDisclosure(someone, {});
  await someone.leave();
});
after(async () => { await closeBrowser(); await town?.close(); });

const VERBS = ['do/claim', 'do/release', 'do/give', 'do/advance', 'do/end-correction', 'do/approve', 'do/agree', 'do/object', 'do/reached',
  'do/ask-change', 'do/look-afterwards', 'do/write', 'do/note', 'do/unheard-of', 'correction', 'propose', 'preview', 'send-back', 'hand-over', 'delay',
  'delay-preview', 'person'];
const PAGES = ['', '/print', '/person', '/correction', '/propose', '/send-back', '/hand-over', '/delay', '/files/0123', '/letters/01890000-0000-7000-8000-000000000000'];

for (const cast of ['mori', 'hayashi', 'admin']) {
  test(`${cast} of another office is told that the case does not exist, on every page and by every verb`, async () => {
    const other = await staff(town, cast, { name: `staff-refusals-${cast}` });
    await other.go('/desk/cases?queue=all');
    const { csrf } = await other.held();
    for (const page of PAGES) {
      const answer = await other.context.request.get(`${town.url}/desk/cases/${filed.plain}${page}`);
      assert.equal(answer.status(), 404, `GET ${page}`);
      assert.doesNotMatch(await answer.text(), /佐藤/);
    }
    for (const verb of VERBS) {
      const more = { csrf, row: '0', text: 'x', to: 'childcare', reason: 'x', outcome: 'full', say: 'x', field: 'documents', until: '2030-01-01' };
      assert.equal((await other.post(filed.plain, verb, more)).status(), 404, `POST ${verb}`);
    }
    await other.page.fill('input[name=q]', filed.number);
    await Promise.all([other.page.waitForEvent('load'), other.page.locator('form[role=search] button').click()]);
    assert.equal(await other.page.locator(`a[href="/desk/cases/${filed.plain}"]`).count(), 0, 'search does not find it either');
    await other.leave();
  });
}

test('nobody who is not signed in sees anything', async () => {
  const nobody = await person(town, { name: 'staff-refusals-nobody' });
  for (const path of ['/desk', '/desk/cases', '/desk/cases/live', '/desk/caller', '/desk/definitions', '/desk/dead-letters', `/desk/cases/${filed.plain}`]) {
    const answer = await nobody.context.request.get(town.url + path, { maxRedirects: 0 });
    assert.ok([303, 401].includes(answer.status()), `${path}: ${answer.status()}`);
    assert.doesNotMatch(await answer.text(), /佐藤/);
  }
  await nobody.leave();
});

test('a list that stays open ends with the session, ended from elsewhere', async () => {
  const [left, here] = [await staff(town, 'ono', { name: 'staff-refusals-left-open' }), await staff(town, 'ono', { name: 'staff-refusals-elsewhere' })];
  const cookie = (await left.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const open = await fetch(`${town.url}/desk/cases/live?queue=all`, { headers: { cookie, accept: 'text/event-stream' } });
  assert.equal(open.status, 200);
  const reader = open.body.getReader();
  const someone = await person(town, { viewport: PHONE, name: 'staff-refusals-second' });
  await fileDisclosure(someone, {});
  const first = new TextDecoder().decode((await reader.read()).value);
  assert.match(first, /data:/, 'while signed in, the list comes');
  await here.go('/desk/sessions');
  const { csrf } = await here.held();
  for (const session of await here.page.locator('button[name=session]').evaluateAll((buttons) => buttons.map((button) => button.value))) {
    const ended = await here.context.request.post(`${town.url}/desk/sessions/end`, { form: { csrf, session }, maxRedirects: 0 });
    assert.equal(ended.status(), 303);
  }
  const second = await fileDisclosure(someone, {});
  let after = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) after += new TextDecoder().decode(part.value);
  assert.ok(!after.includes(second.plain), 'what comes afterwards is not shown to whoever holds the old page');
  assert.equal((await fetch(`${town.url}/desk/cases`, { headers: { cookie }, redirect: 'manual' })).status, 303, 'nor does a page open any more');
  await someone.leave();
  await left.leave();
  await here.leave();
});

test('a forged token, a forged row and a forged way do nothing', async () => {
  const ono = await staff(town, 'ono', { name: 'staff-refusals-ono' });
  await ono.open(filed.number);
  const { csrf, row } = await ono.held();
  assert.equal((await ono.post(filed.plain, 'do/claim', { csrf: 'forged', row })).status(), 403);
  assert.equal((await ono.post(filed.plain, 'do/claim', { row })).status(), 403);
  assert.equal((await ono.post(filed.plain, 'do/claim', { csrf, row: '99' })).status(), 409);
  assert.equal((await ono.post(filed.plain, 'do/claim', { csrf })).status(), 409);
  assert.equal((await ono.post(filed.plain, 'do/unheard-of', { csrf, row })).status(), 404);
  assert.equal((await ono.post(filed.plain, 'do/give', { csrf, row, to: '01890000-0000-7000-8000-000000000000' })).status(), 409);
  assert.equal((await ono.post(filed.plain, 'do/approve', { csrf, row })).status(), 409);
  assert.equal((await ono.post(filed.plain, 'propose', { csrf, row, outcome: 'full' })).status(), 422);
  await ono.open(filed.number);
  assert.equal((await ono.held()).row, row, 'the case is as it was');
  await ono.leave();
});

test('a clerk does not approve, and nobody works on what has ended', async () => {
  const [ono, kudo] = [await staff(town, 'ono', { name: 'staff-refusals-draft' }), await staff(town, 'kudo', { name: 'staff-refusals-chief' })];
  const at = async (one) => { await one.open(filed.number); return one.held(); };
  let held = await at(ono);
  assert.equal((await ono.post(filed.plain, 'do/advance', held)).status(), 303);
  held = await at(ono);
  const draft = { outcome: 'full', 'full.documents': '契約書', 'full.method': '閲覧' };
  assert.equal((await ono.post(filed.plain, 'propose', { ...held, ...draft })).status(), 303);
  held = await at(ono);
  assert.equal((await ono.post(filed.plain, 'do/approve', held)).status(), 409, 'the clerk is not in the chain');
  const chief = await at(kudo);
  assert.equal((await kudo.post(filed.plain, 'do/approve', chief)).status(), 303);
  held = await at(ono);
  const { csrf } = await ono.held();
  const row = held.row ?? '0';
  for (const verb of ['do/claim', 'do/release', 'do/advance', 'do/end-correction', 'do/approve', 'do/give']) {
    const status = (await ono.post(filed.plain, verb, { csrf, row, to: '01890000-0000-7000-8000-000000000000' })).status();
    assert.equal(status, 409, `${verb} on an ended case: ${status}`);
  }
  await ono.leave();
  await kudo.leave();
});
