// The inbox: keys, search by POST only, several at once with a clash, filters that one keeps, colleagues, callers, what looks after itself.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
let ono;
let filed;
before(async () => {
  town = await openTown({ residents: 200, cases: 60 });
  ono = await staff(town, 'ono', { name: 'staff-inbox' });
  const someone = await person(town, { viewport: PHONE, name: 'staff-inbox-resident' });
  filed = await fileDisclosure(someone, { name: '小鳥遊 つぐみ', kana: 'タカナシ ツグミ', phone: '080-1234-5678', 'address.text': '見本県見本市鳴海町7-8-9' });
  await someone.leave();
  await ono.open(filed.number);
});
after(async () => { ono?.calm(); await closeBrowser(); await town?.close(); });

test('name, kana, number, telephone and address find a case, and stand in no address', async () => {
  for (const typed of ['小鳥遊', '小鳥遊 つぐみ', 'タカナシ', 'たかなし', filed.number, filed.plain, '080-1234-5678', '08012345678', '鳴海町7-8-9', '5678']) {
    await ono.go('/desk/cases?queue=all');
    await ono.page.fill('input[name=q]', typed);
    await Promise.all([ono.page.waitForURL(/\/desk\/search$/), ono.page.locator('form[role=search] button').click()]);
    assert.equal(await ono.page.locator(`a[href="/desk/cases/${filed.plain}"]`).count(), 1, `「${typed}」 finds it`);
    assert.equal(new URL(ono.page.url()).search, '', 'nothing of a person stands in the address');
  }
  await ono.look('search');
  await ono.page.fill('input[name=q]', '存在しない人');
  await Promise.all([ono.page.waitForEvent('load'), ono.page.locator('form[role=search] button').click()]);
  await ono.look('search-none');
  assert.equal((await ono.context.request.get(`${town.url}/desk/search?q=x`)).status(), 405);
});

test('a birth date finds a case however it is written', async () => {
  const mori = await staff(town, 'mori', { name: 'staff-inbox-mori' });
  await mori.go('/desk/cases?queue=all');
  // A child's birth date as the demo's cases hold it: 令和元年6月1日.
  for (const typed of ['令和元年6月1日', '2019-06-01', 'R1.6.1']) {
    await mori.page.fill('input[name=q]', typed);
    await Promise.all([mori.page.waitForEvent('load'), mori.page.locator('form[role=search] button').click()]);
    assert.ok((await mori.page.locator('tr[data-href]').count()) > 0, `「${typed}」 finds somebody`);
  }
  mori.calm();
  await mori.leave();
});

test('j k x a ? and Enter work, and so does every link and button by Tab', async () => {
  await ono.go('/desk/cases?queue=all');
  await ono.page.keyboard.press('j');
  await ono.page.keyboard.press('j');
  await ono.page.keyboard.press('k');
  const first = await ono.page.locator('tr.at').getAttribute('data-href');
  assert.equal(first, await ono.page.locator('tr[data-href]').first().getAttribute('data-href'));
  await ono.page.keyboard.press('x');
  assert.equal(await ono.page.locator('tr.at input[name=chosen]').isChecked(), true);
  await ono.page.keyboard.press('?');
  await ono.page.locator('dialog[open]').waitFor();
  await ono.look('keys');
  await ono.page.keyboard.press('Escape');
  await ono.page.keyboard.press('j');
  await Promise.all([ono.page.waitForURL(/\/desk\/cases\/[A-Z0-9]{6,}/), ono.page.keyboard.press('Enter')]);
  const waiting = new Set(await ono.page.locator('main a[href], main button:visible, main select:visible, main textarea:visible').evaluateAll((all) =>
    all.filter((one) => one.offsetParent !== null).map((one, at) => { one.dataset.tab = String(at); return String(at); })));
  for (let tabs = 0; tabs < 120 && waiting.size; tabs += 1) {
    await ono.page.keyboard.press('Tab');
    waiting.delete(await ono.page.evaluate(() => document.activeElement?.dataset.tab));
  }
  assert.equal(waiting.size, 0, 'everything on the page is reached by Tab');
});

test('several at once: each has its own result, and a clash names who was first', async () => {
  const kudo = await staff(town, 'kudo', { name: 'staff-inbox-kudo' });
  await ono.go('/desk/cases?queue=unclaimed');
  const rows = ono.page.locator('tr[data-href]');
  assert.ok((await rows.count()) >= 2, 'two cases are free');
  const [one, two] = [await rows.nth(0).getAttribute('data-href'), await rows.nth(1).getAttribute('data-href')];
  await rows.nth(0).locator('input[name=chosen]').check();
  await rows.nth(1).locator('input[name=chosen]').check();
  await kudo.go(one);
  await kudo.press('担当する');
  await ono.press('担当する');
  await ono.look('bulk');
  const said = await ono.page.locator('main').innerText();
  assert.match(said, /2件のうち1件/);
  assert.match(said, /工藤 明/);
  await ono.go(two);
  await ono.page.locator('main').getByText('自分', { exact: true }).first().waitFor();
  kudo.calm();
  await kudo.leave();
});

test('whoever comes second reads who has the case, since when, and what to do', async () => {
  const kudo = await staff(town, 'kudo', { name: 'staff-inbox-second' });
  await ono.open(filed.number);
  await kudo.open(filed.number);
  await kudo.press('担当する');
  await ono.press('担当する');
  const said = await ono.page.locator('.note').first().innerText();
  assert.match(said, /工藤 明/);
  assert.match(said, /いまの担当は 工藤 明/);
  assert.match(said, /もう一度/);
  await ono.look('clash');
  kudo.calm();
  await kudo.leave();
});

test('what is late stands first and says so in words, the rest by how many open days are left', async () => {
  const list = await staff(town, 'mori', { name: 'staff-inbox-due' });
  await list.go('/desk/cases?queue=all');
  const lines = await list.page.locator('tr[data-href]').evaluateAll((rows) => rows.map((row) => {
    const due = row.querySelector('.due');
    return {
      due: due.innerText.trim(), whole: row.innerText, late: due.classList.contains('late'),
      weight: getComputedStyle(due).fontWeight, bar: getComputedStyle(due.querySelector('rect') ?? due).fill,
    };
  }));
  const late = lines.filter((line) => line.late);
  const others = lines.filter((line) => !line.late);
  assert.ok(late.length > 1 && others.length > 1, `late ${late.length}, others ${others.length}`);
  assert.deepEqual(lines.slice(0, late.length).map((line) => line.late), late.map(() => true), 'what is late stands first');
  for (const line of late) {
    assert.match(line.due, /^\d+営業日超過$|^期限を過ぎた$/, 'how many open days over, in words');
    assert.match(line.whole, /期限超過/, 'and the state says it');
    assert.equal(line.weight, '700');
  }
  for (const line of others) {
    assert.match(line.due, /^あと\d+営業日$|^今日まで$|^停止中$|^期限なし$/);
    assert.doesNotMatch(line.whole, /期限超過/);
    assert.notEqual(line.bar, late[0].bar);
  }
  const days = (line, sign) => sign * Number(line.due.match(/\d+/)?.[0] ?? 0);
  const running = [...late.map((line) => days(line, -1)), ...others.filter((line) => /\d|今日/.test(line.due)).map((line) => days(line, 1))];
  assert.deepEqual(running, [...running].sort((one, other) => one - other), 'the longest over first, the most time left last');
  assert.match(await list.page.locator('h1').locator('..').innerText(), new RegExp(`うち${late.length}件が期限超過`));
  await list.look('late');
  await list.page.getByRole('link', { name: /期限超過/ }).first().click();
  await list.page.waitForURL(/within=late/);
  assert.equal(await list.page.locator('tr[data-href] .due:not(.late)').count(), 0, 'the tab holds what is late and nothing else');
  assert.equal(await list.page.locator('tr[data-href] .due.late').count(), late.length);
  await list.look('late-only');
  list.calm();
  await list.leave();
});

test('a colleague of the department is given the case by name', async () => {
  await ono.open(filed.number);
  const names = await ono.page.locator('select[name=to] option').allTextContents();
  assert.ok(names.every((name) => !['森 恵', '林 誠'].includes(name)), 'nobody of another department is offered');
  await ono.page.selectOption('select[name=to]', { label: names[0] });
  await ono.press('担当にする');
  await ono.said('担当を渡しました');
  await ono.page.getByText(names[0]).first().waitFor();
});

test('a filter is kept under its name, and holds nothing of a person', async () => {
  await ono.go('/desk/cases?queue=all');
  await ono.page.locator('details.filters summary').click();
  await ono.page.selectOption('select[name=channel]', 'online');
  await ono.page.selectOption('select[name=within]', 'late');
  await ono.press('しぼる');
  assert.match(ono.page.url(), /channel=online/);
  await ono.page.fill('input[name=name]', '遅れたオンライン');
  await ono.press('保存する');
  await ono.said('絞り込みを保存しました');
  await ono.look('filter');
  await ono.go('/desk/cases?queue=all');
  await Promise.all([ono.page.waitForURL(/within=late/), ono.page.getByRole('link', { name: '遅れたオンライン' }).click()]);
  assert.match(await ono.page.locator('h1').innerText(), /遅れたオンライン/);
  const others = await staff(town, 'kudo', { name: 'staff-inbox-other' });
  await others.go('/desk/cases?queue=all');
  assert.equal(await others.page.getByRole('link', { name: '遅れたオンライン' }).count(), 0, 'it is its owner\'s alone');
  await others.leave();
  await ono.press('この絞り込みを消す');
  assert.equal(await ono.page.getByRole('link', { name: '遅れたオンライン' }).count(), 0);
});

test('a caller hears status and day for a number, and no name', async () => {
  await ono.go('/desk/caller');
  await ono.page.fill('input[name=number]', filed.number.toLowerCase());
  await ono.press('調べる');
  const told = await ono.page.locator('section[aria-labelledby=told]').innerText();
  assert.match(told, /審査しています/);
  assert.doesNotMatch(told, /小鳥遊|公文書|080/);
  assert.equal(new URL(ono.page.url()).search, '');
  await ono.look('caller');
  await ono.page.fill('input[name=number]', 'AAA-AAA-A');
  await Promise.all([ono.page.waitForEvent('load'), ono.page.getByRole('button', { name: '調べる' }).click()]);
  await ono.page.getByText('その番号の申請はありません').waitFor();
  await ono.look('caller-none');
});

test('who filed without an account is found in the registry, and differences are marked', async () => {
  const someone = await person(town, { viewport: PHONE, name: 'staff-inbox-known' });
  const known = await fileDisclosure(someone, { name: '佐藤 花子', 'address.text': '見本県見本市中央9-9-9' });
  await someone.leave();
  await ono.open(known.number);
  await ono.follow('住民記録から探す');
  await ono.look('person');
  await ono.press('この方です');
  await ono.said('住民記録との結び付けを変えました');
  await ono.page.locator('tr.diff').first().waitFor();
  await ono.look('differs');
});

test('a form for paper that is sent twice makes one case', async () => {
  await ono.go('/desk/paper/disclosure_request');
  const form = await ono.page.evaluate(() => [...new FormData(document.querySelector('main form[method=post]'))].map(([name, value]) => [name, String(value)]));
  const answers = {
    requester: 'person', name: '田中 太郎', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3', phone: '090-0000-0002',
    documents: '中央公園の改修工事の契約書の全部', way: 'view', verb: 'file',
  };
  const body = new URLSearchParams([...form.filter(([name]) => !(name in answers)), ...Object.entries(answers)]).toString();
  const send = () => ono.context.request.post(`${town.url}/desk/paper/disclosure_request`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url }, data: body, maxRedirects: 0,
  });
  const [first, second] = [await send(), await send()];
  assert.equal(first.status(), 303);
  assert.equal(second.headers().location, first.headers().location, 'the second tap leads to the first case');
});

test('definitions in force are shown to everybody; stopped work only to whom it is granted', async () => {
  await ono.go('/desk/definitions');
  await ono.look('definitions');
  assert.equal((await ono.context.request.get(`${town.url}/desk/dead-letters`)).status(), 404);
  const admin = await staff(town, 'admin', { name: 'staff-inbox-admin' });
  await admin.go('/desk/dead-letters');
  await admin.look('dead-letters');
  admin.calm();
  await admin.leave();
});
