// My page: the records that the town holds of a linked resident and of their children, and what can be done with each.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { as, BOTH, fill, signIn } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 300, cases: 40 }); });
after(async () => { await closeBrowser(); await town.close(); });

const panel = (someone, name) => someone.page.locator('.held > li', { hasText: name });

/** What is posted when the button of a record is pressed, and with what token. */
const pressed = (someone, name, procedure) =>
  panel(someone, name).locator(`form[action="/procedures/${procedure}/begin"]`).evaluate((form) => Object.fromEntries(new FormData(form)));

test('a linked father sees what is held of each child, and each thing to do opens with that record', async () => {
  const kenji = await person(town, { name: 'my-held', alsoAt: BOTH });
  await as(kenji, 'kenji');
  const youta = panel(kenji, '鈴木 陽太');
  await youta.waitFor();
  const text = await youta.innerText();
  for (const said of ['放課後児童会の在籍', '在籍', '令和8年4月1日', '令和9年3月31日', '中央児童会', '月曜日、火曜日']) assert.ok(text.includes(said), `${said} in ${text}`);
  const doing = async (name) => (await panel(kenji, name).getByRole('button').allTextContents()).map((label) => label.split('：')[0]);
  assert.deepEqual(await doing('鈴木 陽太'), ['放課後児童会の変更', '放課後児童会の休会', '放課後児童会の退会']);
  assert.deepEqual(await doing('鈴木 美月'), ['放課後児童会の再開', '放課後児童会の退会'], 'a suspended place is resumed or left');
  await kenji.look('held');

  await youta.getByRole('button', { name: '放課後児童会の変更' }).click();
  await kenji.page.waitForURL(/\/drafts\//);
  const chosen = () => kenji.page.locator('[name=child]:checked, select[name=child]').evaluateAll((inputs) =>
    inputs.map((input) => input.closest('label')?.innerText ?? input.selectedOptions?.[0]?.text));
  assert.match((await chosen()).join(), /陽太/, 'the child of the record is chosen');
  const day = new Date(Date.now() + 40 * 86400000);
  await fill(kenji, {
    changes: ['days', 'facility'], 'change_from.year': String(day.getFullYear()), 'change_from.month': String(day.getMonth() + 1), 'change_from.day': String(day.getDate()),
  });
  await kenji.submit('次へ進む');
  assert.deepEqual(await kenji.page.locator('[name=days]:checked').evaluateAll((boxes) => boxes.map((box) => box.value)), ['mon', 'tue'], 'his days are ticked');
  await kenji.look('change-prefilled');

  await kenji.go('/my');
  await panel(kenji, '鈴木 美月').getByRole('button', { name: '放課後児童会の退会' }).click();
  await kenji.page.waitForURL(/\/drafts\//);
  assert.match((await chosen()).join(), /美月/);
  await kenji.look('leave-prefilled');
  assert.ok(!/[0-9a-f]{8}-/.test(kenji.page.url()), 'no record stands in an address');

  // His dog, which the register finds by its tag.
  await kenji.go('/my');
  const koro = panel(kenji, 'コロ');
  const dog = await koro.innerText();
  for (const said of ['犬の登録原簿', '鈴木', '雑種', '東町2-3']) assert.ok(dog.includes(said), `${said} in ${dog}`);
  await koro.getByRole('button', { name: '犬の登録事項の変更' }).click();
  await kenji.page.waitForURL(/\/drafts\//);
  // Which dog it is stands there already, so the form opens with what happened.
  assert.equal(await kenji.page.locator('[name=event]').count(), 3);
  await kenji.go(new URL(kenji.page.url()).pathname.replace(/[^/]+$/, 'dog'));
  assert.deepEqual([await kenji.page.inputValue('[name=tag]'), await kenji.page.inputValue('[name=dog_name]')], ['第45号', 'コロ']);
  kenji.calm();
  await kenji.leave();
});

test('the same in easy Japanese and in English, without scripts', async () => {
  for (const [language, lead, heading] of [['easy', /やくしょ|役所/, /とうろく|登録/], ['en', /on file about you/, /What is registered/]]) {
    const kenji = await person(town, { name: `my-held-${language}`, scripts: false });
    await as(kenji, 'kenji');
    await kenji.go(`/my?lang=${language}`);
    const said = await kenji.page.locator('main').innerText();
    assert.match(said, lead);
    assert.match(said, heading);
    await kenji.look('held');
    await panel(kenji, '鈴木 陽太').getByRole('button').nth(1).click();
    await kenji.page.waitForURL(/\/drafts\//);
    assert.match(await kenji.page.locator('main form').first().innerText(), /陽太/);
    await kenji.leave();
  }
});

test('nobody else sees or starts from a record: not who is not linked, not another family, not for what its state does not allow', async () => {
  const kenji = await person(town, { name: 'my-owner' });
  await as(kenji, 'kenji');
  const { record } = await pressed(kenji, '鈴木 陽太', 'afterschool_leave');
  const suspended = (await pressed(kenji, '鈴木 美月', 'afterschool_leave')).record;

  const begin = async (someone, procedure, form) => {
    const csrf = await someone.page.locator('[name=csrf]').first().inputValue();
    const answer = await someone.context.request.post(`/procedures/${procedure}/begin`, { form: { csrf, ...form }, maxRedirects: 0 });
    return [answer.status(), answer.headers().location ?? ''];
  };
  // Another family: linked too, with a child of their own.
  const hanako = await person(town, { name: 'my-another' });
  await as(hanako, 'hanako');
  assert.ok(!(await hanako.page.locator('main').innerText()).includes('鈴木'));
  await hanako.look('nothing-held');
  assert.deepEqual(await begin(hanako, 'afterschool_leave', { record }), [404, '']);
  // Signed in by mail alone: nobody has seen who they are.
  const guest = await person(town, { name: 'my-unlinked' });
  await guest.go('/sign-in?then=/my');
  await signIn(guest, town, 'guest@example.jp');
  assert.equal(await guest.page.locator('.held').count(), 0);
  assert.ok(!(await guest.page.locator('main').innerText()).includes('登録されていること'));
  await guest.look('unlinked');
  const [status, to] = await begin(guest, 'afterschool_leave', { record });
  assert.deepEqual([status, to], [303, '/procedures/afterschool_leave'], 'first they prove who they are');
  assert.deepEqual(await begin(guest, 'dog_registration', { record }), [404, '']);
  // Nobody at all.
  const nobody = await person(town, { name: 'my-nobody' });
  await nobody.go('/my');
  assert.equal(await nobody.page.locator('.held').count(), 0);
  // His own, but not what a member may do; a made-up record; a procedure that has nothing to do with it.
  assert.deepEqual(await begin(kenji, 'afterschool_suspend', { record: suspended }), [404, '']);
  assert.deepEqual(await begin(kenji, 'afterschool_leave', { record: '00000000-0000-0000-0000-000000000000' }), [404, '']);
  assert.deepEqual(await begin(kenji, 'water_stop', { record }), [404, '']);
  assert.equal((await begin(kenji, 'afterschool_suspend', { record }))[0], 303, 'and this he may');
  for (const someone of [kenji, hanako, guest, nobody]) await someone.leave();
});
