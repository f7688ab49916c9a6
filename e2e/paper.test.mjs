// 紙で出す: the blank form on a procedure's first page, and a draft that is printed, signed and taken over at the counter by its code.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, fill, WHO } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 0 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** A PDF as the browser would open it, with this person's session. */
async function pdf(someone, path) {
  const answer = await someone.page.context().request.get(path);
  assert.equal(answer.status(), 200, path);
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const bytes = await answer.body();
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  return { bytes, headers: answer.headers() };
}

test('the blank form is one tap from the guide, larger on demand, and in the reader’s language', { timeout: 240_000 }, async () => {
  const hana = await person(town, { viewport: PHONE, name: 'paper-blank' });
  await hana.go('/procedures/dog_registration');
  const link = hana.page.getByRole('link', { name: '紙で出す（印刷する用紙）' });
  const href = await link.getAttribute('href');
  assert.equal(href, '/procedures/dog_registration/paper.pdf');
  await hana.look('guide');
  const plain = await pdf(hana, href);
  assert.match(plain.headers['content-disposition'], /dog_registration\.pdf/);
  assert.deepEqual((await pdf(hana, href)).bytes, plain.bytes, 'the same sheet for everybody');
  const large = await hana.page.getByRole('link', { name: '文字の大きな用紙' }).getAttribute('href');
  assert.notDeepEqual((await pdf(hana, large)).bytes, plain.bytes);
  await hana.go('/procedures/dog_registration?lang=en');
  await hana.page.getByRole('link', { name: 'On paper (form to print)' }).waitFor();
  assert.notDeepEqual((await pdf(hana, href)).bytes, plain.bytes, 'English beside the Japanese');
  await hana.look('guide-en');
  await hana.go('/procedures/dog_registration?lang=ja');
  const none = await hana.page.context().request.get('/procedures/no_such_thing/paper.pdf');
  assert.equal(none.status(), 404);
});

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  test(`a resident prints an unfinished draft and the clerk takes it over by the code on the sheet, ${how}`, { timeout: 240_000 }, async () => {
    const hana = await person(town, { viewport: PHONE, scripts, name: `paper-draft-${scripts}` });
    await begin(hana, 'disclosure_request');
    await fill(hana, WHO);
    await hana.submit('次へ進む');
    const draft = new URL(hana.page.url()).pathname.split('/')[2];
    await hana.go(`/drafts/${draft}/check`);
    await hana.look('check');
    await hana.submit('印刷して窓口・郵送で出す');
    assert.equal(new URL(hana.page.url()).pathname, `/drafts/${draft}/print`);
    const said = await hana.page.locator('main').innerText();
    assert.match(said, /まだ申請したことにはなりません/);
    assert.doesNotMatch(said, /受付番号|申請を受け付けました/);
    await hana.look('print');
    const code = (await hana.page.locator('.receipt .number').innerText()).trim();
    assert.match(code, /^[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}$/);
    const sheet = await pdf(hana, `/drafts/${draft}/sheet.pdf`);
    assert.match(sheet.headers['cache-control'], /no-store/);
    await pdf(hana, `/drafts/${draft}/sheet.pdf?large=1`);

    // It is nobody else's.
    const taro = await person(town, { scripts, name: `paper-other-${scripts}` });
    for (const path of ['print', 'sheet.pdf']) {
      const answer = await taro.page.context().request.get(`${town.url}/drafts/${draft}/${path}`);
      assert.equal(answer.status(), 404, path);
    }
    const bare = await taro.page.context().request.post(`${town.url}/drafts/${draft}/print`, { form: {} });
    assert.ok(bare.status() >= 400, 'no token, no code');

    // The code of the QR code on the sheet opens it at the desk, once the hatch has brought it.
    const clerk = await staff(town, 'ono', { scripts, name: `paper-clerk-${scripts}` });
    for (let tries = 0; ; tries += 1) {
      await clerk.page.goto('/desk/paper');
      const input = clerk.page.locator('form:has([name=code]) [name=code]');
      await input.fill(`YAKUBA1/disclosure_request/00000000/${code.replaceAll('-', '')}`);
      await Promise.all([clerk.page.waitForEvent('load'), input.press('Enter')]);
      if (clerk.page.url().includes('?sheet=')) break;
      assert.ok(tries < 15, await clerk.page.locator('main').innerText());
      await new Promise((next) => setTimeout(next, 100));
    }
    assert.ok((await clerk.page.content()).includes('佐藤'));
    await clerk.look('sheet');
    // That of a blank form opens the entry of its procedure.
    await clerk.page.goto('/desk/paper');
    const input = clerk.page.locator('form:has([name=code]) [name=code]');
    await input.fill('YAKUBA1/disclosure_request/00000000');
    await Promise.all([clerk.page.waitForEvent('load'), input.press('Enter')]);
    assert.match(clerk.page.url(), /\/desk\/paper\/disclosure_request$/);
  });
}
