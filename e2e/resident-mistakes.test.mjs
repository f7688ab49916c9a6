// Mistakes and mending them, one form twice, another device, a clerk on the telephone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, BOTH, fileDisclosure, fill, HOW, receipt, signIn, staff, WHAT, WHO } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 300, cases: 40 }); });
after(async () => { await closeBrowser(); await town.close(); });

const summary = (someone) => someone.page.locator('#errors li').allTextContents();

test('mistakes are summed up and stand beside each question until their own is mended, and what was typed stays', async () => {
  for (const scripts of [true, false]) {
    const taro = await person(town, { name: `mistakes-${scripts ? 'scripts' : 'plain'}`, scripts, alsoAt: BOTH });
    await begin(taro, 'disclosure_request');
    await taro.submit('次へ進む');
    await taro.look('all-missing');
    const first = await summary(taro);
    assert.equal(first.length, 3);
    assert.ok(first.some((line) => line.includes('どなたの請求ですか')), `the summary names the question: ${first}`);
    assert.match(await taro.page.title(), /入力の確認/, 'the title of the page says it to who hears it');
    await fill(taro, { requester: 'person', kana: '佐藤', phone: '12', mail: 'hanako＠', name: '田中 太郎' });
    await taro.submit('次へ進む');
    await taro.look('others-wrong');
    const second = await summary(taro);
    assert.ok(!second.some((line) => line.includes('どなたの請求ですか') || line.includes('氏名または')), `mended ones are gone: ${second}`);
    for (const label of ['フリガナ', '住所', '電話番号', 'メール']) assert.ok(second.some((line) => line.includes(label)), `${label} in ${second}`);
    assert.equal(await taro.page.inputValue('[name=kana]'), '佐藤');
    assert.equal(await taro.page.inputValue('[name=phone]'), '12');
    assert.equal(await taro.page.inputValue('[name=mail]'), 'hanako＠');
    assert.equal(await taro.page.locator('#e-phone .err').count(), 1, 'the telephone number has its own words beside it');
    assert.match(await taro.page.getAttribute('[name=phone]', 'aria-describedby'), /e-phone/);
    assert.equal(await taro.page.getAttribute('[name=phone]', 'aria-invalid'), 'true');
    // Mending one leaves the others standing.
    await fill(taro, { kana: 'たなか たろう', 'address.text': '見本県見本市中央1-2-3' });
    await taro.submit('次へ進む');
    const third = await summary(taro);
    assert.ok(!third.some((line) => line.includes('フリガナ')) && third.some((line) => line.includes('電話番号')), `${third}`);
    if (scripts) {
      assert.equal(await taro.page.evaluate(() => document.activeElement.id), 'errors', 'the page begins at the summary');
      await taro.page.locator('#errors a', { hasText: '電話番号' }).click();
      assert.equal(await taro.page.evaluate(() => document.activeElement.name), 'phone', 'the link leads into the input');
    }
    await fill(taro, { phone: '090-0000-0002', mail: '' });
    await taro.submit('次へ進む');
    assert.match(taro.page.url(), /\/what$/);
    // A formal rule stands beside the question that it names.
    await fill(taro, { documents: '契約書' });
    await taro.submit('次へ進む');
    assert.match((await summary(taro)).join(), /もう少し詳しく/);
    assert.equal(await taro.page.inputValue('[name=documents]'), '契約書');
    await taro.look('formal-rule');
    taro.calm();
    await taro.leave();
  }
});

test('a draft is continued on another device by signing in with the mailed code', async () => {
  const phone = await person(town, { name: 'device-phone', alsoAt: BOTH });
  await begin(phone, 'disclosure_request');
  await fill(phone, { ...WHO, name: '二台 花子' });
  await phone.submit('次へ進む');
  await fill(phone, { documents: '途中まで書いた文' });
  await phone.submit('次へ進む');
  await phone.go('/my');
  await phone.look('my-signed-out');
  await phone.page.getByRole('link', { name: 'ログインする' }).click();
  await phone.look('sign-in');
  await signIn(phone, town, 'nidai@example.jp');
  assert.match(phone.page.url(), /\/my$/);
  const desktop = await person(town, { name: 'device-desktop', viewport: { width: 1280, height: 900 } });
  await desktop.go('/sign-in?then=/my');
  await signIn(desktop, town, 'nidai@example.jp');
  await desktop.look('my');
  await desktop.page.getByRole('link', { name: '続きを入力する' }).click();
  await desktop.page.waitForURL(/\/drafts\//);
  await desktop.go(desktop.page.url().replace(/\/[a-z]+$/, '/who'));
  assert.equal(await desktop.page.inputValue('[name=name]'), '二台 花子');
  await desktop.go(desktop.page.url().replace(/\/[a-z]+$/, '/what'));
  assert.equal(await desktop.page.inputValue('[name=documents]'), '途中まで書いた文');
  const stranger = await person(town, { name: 'device-stranger' });
  const answer = await stranger.go(new URL(desktop.page.url()).pathname);
  assert.equal(answer.status(), 404, 'a draft of somebody else does not exist');
  assert.ok(!(await stranger.page.content()).includes('途中まで'));
  await stranger.look('not-mine');
  stranger.calm(404);
  phone.calm();
  desktop.calm();
  for (const one of [phone, desktop, stranger]) await one.leave();
});

test('a double tap and a replayed form file once', async () => {
  const keiko = await person(town, { name: 'twice' });
  await begin(keiko, 'disclosure_request');
  for (const answers of [{ ...WHO, mail: 'twice@example.jp' }, WHAT, HOW]) {
    await fill(keiko, answers);
    await keiko.submit('次へ進む');
  }
  const form = keiko.page.locator('form[action$="/file"]');
  const action = await form.getAttribute('action');
  const body = { csrf: await form.locator('[name=csrf]').inputValue(), version: await form.locator('[name=version]').inputValue() };
  // Four at once from the same browser, as after a lost answer, and the taps themselves.
  const raced = Promise.all([1, 2, 3, 4].map(() => keiko.context.request.post(action, { form: body })));
  await keiko.page.getByRole('button', { name: '申請する' }).dblclick();
  await keiko.page.waitForURL(/\/filed$/);
  const answers = await raced;
  const { plain } = await receipt(keiko);
  for (const answer of answers) assert.ok(answer.url().endsWith(`/status/${plain}/filed`), `${answer.status()} ${answer.url()}`);
  const again = await keiko.context.request.post(action, { form: body });
  assert.ok(again.url().endsWith(`/status/${plain}/filed`), 'replayed later it leads to the same receipt');
  const clerk = await staff(town, 'ono');
  await clerk.seen(plain);
  const found = await clerk.context.request.get(`${town.url}/desk/cases?queue=all`);
  const rows = new Set([...(await found.text()).matchAll(/\/desk\/cases\/([2-9A-Y]{7})/g)].map((hit) => hit[1]));
  assert.ok(rows.has(plain));
  keiko.calm();
  await keiko.leave();
  await clerk.leave();
});

test('a code read aloud lets a clerk take over', async () => {
  const oldMan = await person(town, { name: 'read-aloud', alsoAt: BOTH });
  await begin(oldMan, 'disclosure_request');
  await fill(oldMan, { ...WHO, name: '電話 一郎' });
  await oldMan.submit('次へ進む');
  await oldMan.submit('番号を出す');
  await oldMan.look('code');
  const code = (await oldMan.page.locator('.receipt .number').innerText()).trim();
  assert.match(code, /^[2-9A-Y]{3}-[2-9A-Y]{3}-[2-9A-Y]$/);
  const clerk = await staff(town, 'ono');
  await clerk.page.goto('/desk/paper');
  const input = clerk.page.locator('form:has([name=code]) [name=code]');
  // The hatch carries the draft up within moments.
  for (let tries = 0; ; tries += 1) {
    await input.fill(code);
    await Promise.all([clerk.page.waitForLoadState('load'), input.press('Enter')]);
    await clerk.page.waitForLoadState('load');
    if ((await clerk.page.content()).includes('電話 一郎')) break;
    assert.ok(tries < 40, 'the clerk finds the draft by its code');
    await clerk.page.goto('/desk/paper');
  }
  oldMan.calm();
  await oldMan.leave();
  await clerk.leave();
});

test('filing needs nothing but the form where the procedure allows it', async () => {
  const anybody = await person(town, { name: 'anybody' });
  const { number } = await fileDisclosure(anybody);
  assert.ok(number);
  anybody.calm();
  await anybody.leave();
});

test('a draft that was swept, or never was, says so in words and where to go on', async () => {
  const ken = await person(town, { name: 'draft-gone' });
  await begin(ken, 'disclosure_request');
  const own = ken.page.url().match(/\/drafts\/([^/?]+)/)[1];
  await ken.go('/my');
  assert.match(await ken.page.locator('main').innerText(), /まで保存します/, 'until when it is kept');
  // Thrown away, as the sweep does after thirty days.
  await ken.submit('消す');
  for (const path of ['', '/who', '/check']) {
    const answer = await ken.go(`/drafts/${own}${path}`);
    assert.equal(answer.status(), 404);
    const said = await ken.page.locator('main').innerText();
    assert.match(said, /30日のあいだ続けなかったものは、消すことになっています/);
    assert.match(said, /0000-00-0000/, 'and a way to a person');
  }
  await ken.look('gone');
  const never = await ken.go('/drafts/0190000000007000800000000000ffff/who');
  assert.equal(never.status(), 404);
  assert.match(await ken.page.locator('main').innerText(), /見つかりません/, 'told like one that never was');
  await ken.page.locator('main a[href="/"], main a[href="/procedures"]').first().click();
  assert.ok((await ken.page.locator('input[name=q]').count()) > 0, 'from there on a procedure is found');
  ken.calm(404);
  await ken.leave();
});
