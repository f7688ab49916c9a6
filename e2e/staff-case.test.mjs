// The case screen: what lies apart, what was attached, what the registry says, what came before; and who sees none of it.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, fill, receipt } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 40 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const NUMBER = '123456789018';

/** Answers every page as far as it asks what is given here, files included, and files. A question that comes up by an answer is answered too. */
async function walk(someone, answers, files = {}) {
  const { page } = someone;
  const given = new Set();
  page.setDefaultTimeout(10_000);
  for (let pages = 0; pages < 15 && !page.url().includes('/check'); pages += 1) {
    const names = await page.locator('main form [name]').evaluateAll((inputs) => [...new Set(inputs.map((input) => input.name))]);
    // Whoever lives with the applicant is offered by name; the first of them.
    if (names.includes('children.0.child')) await page.locator('[name="children.0.child"]').first().check();
    await fill(someone, Object.fromEntries(Object.entries(answers).filter(([name]) => names.includes(name))));
    for (const [name, several] of Object.entries(files)) {
      if (!names.includes(name) || given.has(name)) continue;
      given.add(name);
      await page.setInputFiles(`input[type=file][name="${name}"]`, several);
      await page.locator(`[id="f-${name.replaceAll('.', '-')}"] [data-kept] li`).nth(several.length - 1).waitFor();
    }
    await someone.submit('次へ進む');
  }
  await someone.look('check');
  await page.locator('form[action$="/file"] button').click();
  await page.waitForURL(/\/filed/);
  return receipt(someone);
}

/** Somebody of the cast, signed in by the demo's own door. */
async function signIn(someone, cast) {
  await someone.go('/demo');
  await Promise.all([someone.page.waitForEvent('load'), someone.page.locator(`form[action="/demo/resident/${cast}"] button`).click()]);
}

/** A day so many days from now, in the three boxes of a date. */
const day = (name, days) => {
  const on = new Date(Date.now() + days * 86400000);
  return { [`${name}.year`]: String(on.getFullYear()), [`${name}.month`]: String(on.getMonth() + 1), [`${name}.day`]: String(on.getDate()) };
};

/** 児童手当 with an individual number, by somebody whom a clerk linked to the register. */
async function fileAllowance(someone, cast, more = {}) {
  await signIn(someone, cast);
  await begin(someone, 'child_allowance');
  return walk(someone, {
    event: 'moved_in', ...day('event_on', -3), job: 'none', number: NUMBER, married: 'no', 'children.0.relation': 'child',
    'children.0.together': 'yes', grown_up: '0', 'account.kind': 'bank', 'account.bank': '0001', 'account.branch': '001', 'account.deposit': 'ordinary',
    'account.number': '1234567', 'account.holder': 'サトウ ハナコ', my_own: true, ...more,
  });
}

/** The address of a case's individual number. */
const apart = ({ plain }) => `/desk/cases/${plain}/individual-number`;

test('an individual number is opened by who has the case, for a purpose, once; everybody else is refused alike', async () => {
  const hanako = await person(town, { viewport: PHONE, name: 'staff-case-resident' });
  const filed = await fileAllowance(hanako, 'hanako');
  hanako.calm();
  await hanako.leave();

  // The clerk who does not have the case yet sees that a number lies apart, and no way to it.
  const mori = await staff(town, 'mori', { name: 'staff-case-mori' });
  await mori.open(filed.number);
  const masked = mori.page.locator('section[aria-labelledby=answers]');
  assert.match(await masked.innerText(), /個人番号[^]*●●●● ●●●● ●●●●/);
  assert.equal(await mori.page.locator(`a[href="${apart(filed)}"]`).count(), 0);
  const { csrf } = await mori.held();
  const refused = async (who, at, token) => {
    const asked = await who.context.request.get(town.url + at);
    const posted = await who.context.request.post(town.url + at, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url }, data: new URLSearchParams({ csrf: token, purpose: 'inquiry' }).toString(),
    });
    assert.deepEqual([asked.status(), posted.status()], [404, 404], at);
    const bare = (html) => html.replaceAll(/name="csrf" value="[^"]*"/g, '');
    return [bare(await asked.text()), bare(await posted.text())];
  };
  const [before] = await refused(mori, apart(filed), csrf);
  const [unknown] = await refused(mori, apart({ plain: 'ZZZZZZZ' }), csrf);
  assert.equal(before, unknown, 'a case that does not exist is answered in the same words');
  for (const cast of ['hayashi', 'ono', 'admin']) {
    const other = await staff(town, cast, { name: `staff-case-${cast}` });
    await other.go('/desk/paper');
    await refused(other, apart(filed), (await other.held()).csrf);
    await other.leave();
  }

  await mori.open(filed.number);
  await mori.press('担当する');
  await mori.follow('個人番号を開く');
  assert.doesNotMatch(await mori.page.content(), new RegExp(NUMBER));
  assert.match(await mori.page.locator('main').innerText(), /番号法第9条第1項・別表（児童手当法/);
  await mori.look('number-asked');
  // Without a purpose the browser asks for one; past the browser the page does, and shows nothing.
  const { csrf: mine } = await mori.held();
  const none = await mori.post(filed.number, 'individual-number', { csrf: mine });
  assert.equal(none.status(), 422);
  assert.match(await none.text(), /何のために見るかを選んでください/);
  assert.doesNotMatch(await none.text(), /1234 5678/);
  await mori.page.check('input[name=purpose][value=inquiry]');
  const [answer] = await Promise.all([mori.page.waitForResponse((one) => one.url().endsWith('/individual-number')), mori.press('個人番号を表示する')]);
  assert.equal(answer.headers()['cache-control'], 'no-store');
  assert.match(await mori.page.locator('main').innerText(), /1234 5678 9018/);
  assert.equal(mori.page.url(), town.url + apart(filed), 'nothing of it stands in the address');
  await mori.look('number-opened');
  await mori.page.emulateMedia({ media: 'print' });
  assert.equal(await mori.page.getByText('1234 5678 9018').isVisible(), false, 'it is not printed');
  await mori.page.emulateMedia({ media: 'screen' });
  await mori.follow('閉じて案件に戻る');
  for (const page of [`/desk/cases/${filed.plain}`, `/desk/cases/${filed.plain}/print`, '/desk/cases?queue=mine', apart(filed)]) {
    await mori.go(page);
    assert.doesNotMatch(await mori.page.content(), /1234 ?5678 ?9018/, page);
  }
  // Nobody finds a case by it.
  await mori.page.goto('/desk/cases?queue=all');
  await mori.page.fill('input[name=q]', NUMBER);
  await Promise.all([mori.page.waitForEvent('load'), mori.page.locator('form[role=search] button').click()]);
  assert.equal(await mori.page.locator(`a[href="/desk/cases/${filed.plain}"]`).count(), 0);
  mori.calm();
  await mori.leave();

  const admin = await staff(town, 'admin', { name: 'staff-case-log' });
  await admin.go('/desk/access-log');
  const line = admin.page.locator('tr', { hasText: 'individual-number:inquiry' });
  assert.equal(await line.count(), 1, 'one look, one line');
  assert.match(await line.innerText(), /森 恵[^]*childcare_clerk_opens_numbers/);
  admin.calm();
  await admin.leave();
});
