// 用紙の入力: a clerk keys in a pile of paper by keyboard alone, with the scan beside the questions; without scripts the same page is a plain form.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { fill } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 0 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const DESK = { width: 1440, height: 900 };
const AT = '/desk/paper/disclosure_request';
const PDF = { name: '開示請求書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF') };
const SCRIPT = { name: '請求書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<script>alert(1)</script>') };
const TOO_LARGE = { name: '大きな写真.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(11 << 20)]) };

/** A day so many days from now in Japan, as terminals take it: 5 is 令和. */
const sevenDigits = (days) => {
  const on = new Date(Date.now() + 9 * 3600_000 + days * 86_400_000);
  const two = (number) => String(number).padStart(2, '0');
  return `5${two(on.getUTCFullYear() - 2018)}${two(on.getUTCMonth() + 1)}${two(on.getUTCDate())}`;
};

/** A picture of a written sheet, drawn by the browser that will show it. */
async function scanned(someone) {
  const page = await someone.context.newPage();
  await page.setViewportSize({ width: 620, height: 877 });
  await page.setContent('<body style="margin:40px;font:20px serif;background:#fffef8"><h2>公文書開示請求書</h2><p>1　☑個人　☐法人</p><p>2　佐藤 花子</p><p>5　〒100-0001　見本県見本市中央1-2-3</p><p>8　令和7年度の中央公園の改修工事に関する契約書</p><p>10　☑閲覧</p></body>');
  const buffer = await page.screenshot({ type: 'png' });
  await page.close();
  return { name: '開示請求書.png', mimeType: 'image/png', buffer };
}

/** Hands that never leave the keyboard. Counts what is pressed beside the words themselves. */
function hands(someone) {
  const { keyboard } = someone.page;
  let pressed = 0;
  return {
    words: (text) => keyboard.type(text),
    async press(...keys) { for (const key of keys) { pressed += 1; await keyboard.press(key); } },
    /** Where the hands are: the name of the input or of the button. */
    at: () => someone.page.evaluate(() => document.activeElement?.name ?? ''),
    count: () => pressed,
  };
}

const plain = (someone) => new URL(someone.page.url());

test('a pile is keyed in by keyboard alone: twelve keys beside the words of a request, and the next sheet is there', { timeout: 180_000 }, async () => {
  const ono = await staff(town, 'ono', { viewport: DESK, name: 'entry-keys', alsoAt: [['phone', PHONE]] });
  await ono.go(AT);
  const clicks = [];
  await ono.page.exposeFunction('clicked', (what) => clicks.push(what));
  await ono.page.evaluate(() => addEventListener('pointerdown', (event) => window.clicked(event.target.outerHTML), true));
  const { words, press, at, count } = hands(ono);
  await ono.page.waitForFunction(() => document.activeElement?.name === 'requester');
  await ono.look('blank');
  await ono.page.evaluate(() => document.querySelector('[name=requester]').focus());
  // 1: a person. Every line after it is one Return away.
  await press('1');
  assert.equal(await at(), 'name');
  await words('佐藤 花子');
  await press('Enter');
  assert.equal(await at(), 'kana');
  await words('サトウ ハナコ');
  await press('Enter');
  assert.equal(await at(), 'address.postal');
  await words('1000001');
  // The postal code writes the town, the hands go on behind it.
  await ono.page.waitForFunction(() => document.querySelector('[name="address.text"]').value.startsWith('見本県見本市'));
  await press('Enter');
  assert.equal(await at(), 'address.text');
  await words('1-2-3');
  await press('Enter', 'Enter');
  assert.equal(await at(), 'phone');
  await words('09000000001');
  await press('Enter', 'Enter');
  assert.equal(await at(), 'documents');
  await words('令和7年度の中央公園の改修工事に関する契約書');
  await press('Enter', 'Enter');
  assert.equal(await at(), 'way');
  // The third way asks for one thing more, which comes up and is the next one; the first asks for nothing.
  await press('3');
  await ono.page.waitForFunction(() => document.activeElement?.name === 'postage');
  await ono.look('asked');
  // The slip is mended: its key stands for the one that was meant.
  await ono.page.evaluate(() => document.querySelector('[name=way]').focus());
  await ono.page.keyboard.press('1');
  await ono.page.locator('[name=postage]').waitFor({ state: 'detached' });
  await Promise.all([ono.page.waitForURL(/last=/), press('Control+Enter')]);
  assert.equal(count(), 12, 'keys beside the words: two digits, nine times Return, Ctrl+Return');
  assert.deepEqual(clicks, [], 'the mouse was not touched');
  const said = await ono.page.locator('main').innerText();
  assert.match(said, /受け付けました。\s*[2-9A-Y]{3}-[2-9A-Y]{3}-[2-9A-Y]/);
  assert.match(said, /きょう受け付けた用紙：1枚/);
  assert.equal(await ono.page.inputValue('[name=name]'), '', 'an empty sheet');
  await ono.page.waitForFunction(() => document.activeElement?.name === 'requester');
  await ono.look('next');
  // It lies in the same inbox, by its channel, with the answers of the paper.
  const plainNumber = plain(ono).searchParams.get('last');
  await ono.go(`/desk/cases/${plainNumber}`);
  const answers = await ono.page.locator('section[aria-labelledby=answers]').innerText();
  assert.match(answers, /佐藤 花子[^]*サトウ\sハナコ[^]*見本県見本市[^\n]*1-2-3[^]*中央公園の改修工事/);
  assert.match(await ono.page.locator('main').innerText(), /郵送・紙/);
  await ono.go('/desk/cases?queue=all');
  assert.match(await ono.page.locator('main').innerText(), /佐藤 花子/);
  ono.calm();
  await ono.leave();
});

test('the numbers are those of the printed form, and a closed window takes nothing with it', { timeout: 120_000 }, async () => {
  const ono = await staff(town, 'ono', { viewport: DESK, name: 'entry-closed' });
  await ono.go(AT);
  const numbers = await ono.page.locator('.entry .q .no').allInnerTexts();
  // The representative of a company is question 4 on paper, and not asked of a person.
  assert.deepEqual(numbers.slice(0, 5), ['1', '2', '3', '5', '6']);
  const scan = await scanned(ono);
  await ono.page.setInputFiles('input[name=sheet-scan]', scan);
  await ono.page.locator('.leaves img').waitFor();
  await ono.page.waitForFunction(() => document.querySelector('.leaves img').naturalWidth > 0);
  await ono.page.check('[name=requester][value=corporation]');
  await ono.page.locator('[name="representative.family"]').waitFor();
  assert.equal(await ono.page.locator('.entry .q .no').nth(3).innerText(), '4');
  await ono.page.fill('[name=name]', '株式会社 見本');
  await ono.page.fill('[name=documents]', '下水道の工事の設計書');
  await ono.page.locator('[name=period]').focus();
  await ono.page.locator('[data-entry-state]', { hasText: '書きかけを保存しました' }).waitFor();
  await ono.look('beside-its-scan');
  await ono.page.click('.sizes a[href="#leaf-200"]');
  const [leaf, frame] = await Promise.all([ono.page.locator('.leaves img').boundingBox(), ono.page.locator('.leaves').boundingBox()]);
  assert.ok(leaf.width > frame.width * 1.8, 'twice as large');
  assert.equal(await ono.page.inputValue('[name=name]'), '株式会社 見本');
  await ono.page.fill('[name=period]', '令和5年から');
  await ono.page.close({ runBeforeUnload: false });
  const page = await ono.context.newPage();
  await page.goto('/desk/paper');
  await page.locator('ul.files a', { hasText: '情報公開請求' }).first().click();
  await page.waitForURL(/\?sheet=/);
  assert.equal(await page.inputValue('[name=name]'), '株式会社 見本');
  assert.equal(await page.inputValue('[name=documents]'), '下水道の工事の設計書');
  assert.equal(await page.locator('.leaves img').count(), 1, 'with its scan');
  await ono.leave();
});

test('several of one kind are added and taken out on the page, and days are typed as digits', { timeout: 120_000 }, async () => {
  const ishii = await staff(town, 'ishii', { viewport: DESK, name: 'entry-people', alsoAt: [['phone', PHONE]] });
  await ishii.go('/desk/paper/moving_in_report');
  const { page } = ishii;
  await page.fill('[name=moved_on]', sevenDigits(-3));
  await page.locator('[name="address.postal"]').focus();
  await page.locator('[data-understood=moved_on]', { hasText: /令和\d+年/ }).waitFor();
  const name = (at) => page.locator(`[name="people.${at}.name.family"], [name="people.${at}.name"]`).first();
  await name(0).fill('佐藤');
  await page.fill('[name="people.0.born"]', '4020503');
  await page.click('button[name="add.people"]');
  await name(1).waitFor();
  assert.equal(await name(0).inputValue(), '佐藤', 'nothing that was typed is lost');
  assert.equal(await page.inputValue('[name="people.0.born"]'), '4020503');
  await page.locator('[data-understood="people.0.born"]', { hasText: '平成2年5月3日' }).waitFor();
  await name(1).fill('田中');
  await ishii.look('two');
  await page.click('button[name="remove.people.0"]');
  await name(1).waitFor({ state: 'detached' });
  assert.equal(await name(0).inputValue(), '田中');
  ishii.calm();
  await ishii.leave();
});

for (const scripts of [true, false]) {
  test(`all mistakes stand on one page and lead to their lines, ${scripts ? 'with scripts' : 'without scripts'}`, { timeout: 120_000 }, async () => {
    const ono = await staff(town, 'ono', { viewport: scripts ? DESK : PHONE, scripts, name: `entry-mistakes-${scripts}` });
    await ono.go(AT);
    await ono.page.check('[name=requester][value=corporation]');
    await ono.page.fill('[name="came-on"]', sevenDigits(1));
    await ono.page.setInputFiles('input[name=sheet-scan]', SCRIPT);
    if (scripts) await ono.page.locator('#scan-wrong').waitFor();
    await ono.page.fill('[name=period]', '令和5年から');
    // Without scripts the page shows what the answers bring up when it is looked at.
    if (!scripts) await ono.press('見直す');
    await ono.page.locator('[name="representative.family"]').waitFor();
    await ono.page.fill('[name="came-on"]', sevenDigits(1));
    await ono.page.setInputFiles('input[name=sheet-scan]', []);
    await ono.press('受け付ける');
    const summary = ono.page.locator('#errors');
    const links = await summary.locator('a').evaluateAll((all) => all.map((one) => one.hash.slice(1)));
    assert.equal(links[0], 'received', 'a day that has not come');
    assert.ok(links.length >= 5, `all at once: ${links}`);
    for (const id of links) assert.equal(await ono.page.locator(`[id="${id}"]`).count(), 1, `${id} is there`);
    assert.match(await summary.innerText(), /まだ来ていない日/);
    assert.equal(await ono.page.inputValue('[name="came-on"]'), sevenDigits(1), 'what was typed is shown again');
    assert.equal(await ono.page.inputValue('[name=period]'), '令和5年から');
    await ono.look('all');
    await fill(ono, {
      'came-on': sevenDigits(-2), name: '株式会社 見本', 'representative.family': '見本', 'representative.given': '一郎', 'address.text': '見本県見本市中央1-2-3',
      documents: '下水道の工事の設計書の全部', way: 'view',
    });
    await ono.page.setInputFiles('input[name=sheet-scan]', PDF);
    if (scripts) await ono.page.locator('.leaves iframe').waitFor();
    await ono.press('受け付ける');
    await ono.said('受け付けました');
    // The scan lies with the case, the clock runs from the stamp.
    const shown = await ono.page.locator('section[aria-labelledby=answers]').innerText();
    assert.match(shown, /用紙[^]*開示請求書\.pdf/);
    const [attached] = await ono.page.locator('.shots a[href*="/attached/"]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    const days = Number(sevenDigits(-2).slice(5));
    assert.match(await ono.page.locator('section[aria-labelledby=clock]').innerText(), new RegExp(`${days}日`));
    await ono.look('case');
    await ono.go(attached);
    assert.equal(await ono.page.locator('iframe[title="開示請求書.pdf"]').count(), 1);
    const bytes = await ono.page.locator('iframe').getAttribute('src');
    assert.equal((await ono.context.request.get(town.url + bytes)).headers()['content-type'], 'application/pdf');
    const ishii = await staff(town, 'ishii', { name: `entry-other-${scripts}` });
    assert.equal((await ishii.context.request.get(town.url + bytes)).status(), 404, 'another department sees no scan');
    await ishii.leave();
    ono.calm();
    await ono.leave();
  });
}

for (const scripts of [true, false]) {
  test(`the reading of whom the registry knows is looked up by a button, ${scripts ? 'with scripts' : 'without scripts'}`, { timeout: 60_000 }, async () => {
    const ishii = await staff(town, 'ishii', { viewport: DESK, scripts, name: `entry-reading-${scripts}` });
    await ishii.go('/desk/paper/resident_record_copy');
    const { page } = ishii;
    const kana = page.locator('#entry [name=kana]');
    // 秋子 is protected: nothing tells that the town knows her, whatever address is tried.
    await fill(ishii, { 'name.family': '山田', 'name.given': '秋子', 'address.text': '見本県見本市中央1-2-3' });
    await ishii.press('フリガナを住民記録から');
    await page.getByText('入れられるフリガナがありません').waitFor();
    assert.equal(await kana.inputValue(), '');
    await fill(ishii, { 'name.family': '田中', 'name.given': '太郎' });
    await fill(ishii, { 'address.text': '見本県見本市南町9-9-9' });
    await ishii.press('フリガナを住民記録から');
    await page.getByText('入れられるフリガナがありません').waitFor();
    assert.equal(await kana.inputValue(), '', 'of the same name, but living elsewhere');
    await fill(ishii, { 'address.text': '見本県見本市北町4-5' });
    await ishii.press('フリガナを住民記録から');
    await page.getByText('住民記録のフリガナを入れました').waitFor();
    assert.equal((await kana.inputValue()).replace(/\s/g, ''), 'タナカタロウ');
    await ishii.look('found');
    ishii.calm();
    await ishii.leave();
  });
}

test('a sheet is refused to whom it is not granted, without our token, with what is no scan, and made one case when it is sent twice', { timeout: 120_000 }, async () => {
  const ono = await staff(town, 'ono', { viewport: DESK, name: 'entry-refused' });
  await ono.go(AT);
  const { csrf } = await ono.held();
  const made = await ono.page.locator('#entry input[name="draft-case"]').inputValue();
  const answers = {
    csrf, 'draft-case': made, 'came-channel': 'paper', requester: 'person', name: '田中 太郎', 'address.text': '見本県見本市北町4-5',
    documents: '道路の工事の契約書の全部', way: 'view', verb: 'file',
  };
  const send = (more, who = ono, at = AT) => who.context.request.post(town.url + at, { headers: { origin: town.url }, multipart: { ...answers, ...more }, maxRedirects: 0 });
  // Not the right token; not a scan; not of today's world.
  assert.ok((await send({ csrf: 'x' })).status() >= 400);
  for (const [scan, words] of [[SCRIPT, 'PDF'], [TOO_LARGE, '10MB']]) {
    const refused = await send({ 'sheet-scan': scan });
    assert.equal(refused.status(), 422);
    assert.match((await refused.text()).match(/id="scan-wrong"[^]*?<\/p>/)[0], new RegExp(words));
  }
  const future = await send({ 'came-on': sevenDigits(1) });
  assert.equal(future.status(), 422);
  assert.match(await future.text(), /まだ来ていない日/);
  // The refused sheet is its clerk's draft, and nobody else's.
  const draft = `${AT}?sheet=${made}`;
  assert.equal((await ono.context.request.get(town.url + draft)).status(), 200);
  const ishii = await staff(town, 'ishii', { name: 'entry-stranger' });
  for (const at of [AT, draft]) assert.equal((await ishii.context.request.get(town.url + at)).status(), 404, 'another department');
  const stranger = await ishii.page.goto('/desk/paper').then(() => ishii.held());
  assert.equal((await send({ csrf: stranger.csrf }, ishii)).status(), 404, 'nor does it file there');
  assert.equal((await ishii.context.request.get(`${town.url}/desk/paper/resident_record_copy?sheet=${made}`)).status(), 404, 'nor under a procedure of theirs');
  const postal = (who, form) => who.context.request.post(`${town.url}/desk/postal`, { headers: { origin: town.url }, form });
  assert.equal((await postal(ono, { csrf, code: '1000001' })).status(), 200);
  assert.ok((await postal(ono, { code: '1000001' })).status() >= 400, 'no token, no answer');
  await ishii.leave();
  // A colleague who takes in the same procedure has drafts of their own; who runs the machines takes in nothing.
  const kudo = await staff(town, 'kudo', { name: 'entry-colleague' });
  assert.equal((await kudo.context.request.get(town.url + draft)).status(), 404, 'a draft is its clerk’s alone');
  await kudo.leave();
  const admin = await staff(town, 'admin', { name: 'entry-admin' });
  assert.equal((await admin.context.request.get(town.url + AT)).status(), 404, 'no grant, no sheet');
  await admin.leave();
  // Sent twice: one case, counted once.
  const counted = async () => Number((await (await ono.context.request.get(town.url + AT)).text()).match(/きょう受け付けた用紙：(\d+)枚/)[1]);
  const before = await counted();
  const [first, second] = [await send({ 'sheet-scan': PDF, verb: 'next' }), await send({ 'sheet-scan': PDF, verb: 'next' })];
  assert.equal(first.status(), 303, await first.text());
  assert.equal(second.headers().location, first.headers().location);
  assert.equal(await counted(), before + 1);
  // What is typed late into a sheet that is a case by now changes nothing.
  assert.equal((await send({ verb: 'look', name: '別の方' })).status(), 409);
  assert.equal((await ono.context.request.get(town.url + draft)).status(), 404, 'the draft is gone');
  await ono.leave();
});
