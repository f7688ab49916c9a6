// A clerk's day: a filing arrives, is claimed, checked, asked to be corrected, corrected, proposed, approved by the chief; its letter is there
// and the resident's page moves. With scripts and without.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 60 }); });
after(async () => { await closeBrowser(); await town?.close(); });

for (const scripts of [true, false]) {
  const way = scripts ? 'with scripts' : 'without scripts';

  test(`a clerk works a filing from its arrival to the chief's approval, ${way}`, { timeout: 180_000 }, async () => {
    const hana = await person(town, { viewport: PHONE, scripts, name: `staff-day-resident-${scripts}` });
    const ono = await staff(town, 'ono', { scripts, name: `staff-day-clerk-${scripts}` });
    await ono.go('/desk/cases?queue=unclaimed');
    await ono.look('inbox');
    const name = scripts ? '鈴木 一花' : '鈴木 二花';
    const { number, plain } = await fileDisclosure(hana, { name, kana: 'スズキ ハナ', phone: '090-0000-0001' });

    if (scripts) {
      // The list shows it without being asked again. It is the newest, so it stands last.
      await ono.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor({ timeout: 10_000 });
      await ono.look('arrived');
    }
    await ono.open(number);
    await ono.look('case');
    if (scripts) {
      await Promise.all([ono.page.waitForURL(/done=claim/), ono.page.keyboard.press('a')]);
      assert.ok(await ono.page.evaluate(() => document.activeElement.textContent.includes('担当になりました')), 'what was done has the focus');
    } else await ono.press('担当する');
    await ono.said('担当になりました');

    // 補正: only the field that was ticked is asked for.
    await ono.follow('補正を求める');
    await ono.page.locator('input[name=field][value=documents]').check();
    await ono.page.fill('[name=say]', 'どの工事の契約書か、工事の名前を書いてください。');
    await ono.look('correction');
    await ono.press('補正を求める');
    await ono.said('補正を求めました');
    await ono.look('waiting');

    let status = '';
    for (let tries = 0; tries < 40 && !status.includes('直す'); tries += 1) {
      await hana.go(`/status/${plain}`);
      status = await hana.page.locator('main').innerText();
    }
    await hana.page.getByRole('link', { name: '直す', exact: true }).click();
    await hana.page.fill('[name=documents]', '中央公園改修工事（令和7年度）の請負契約書');
    if (scripts) await ono.go('/desk/cases?queue=replied');
    await hana.submit('直したものを送る');
    if (scripts) {
      await ono.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor({ timeout: 10_000 });
      await ono.look('replied');
    } else {
      for (let tries = 0; tries < 40; tries += 1) {
        await ono.go('/desk/cases?queue=replied');
        if (await ono.page.locator(`a[href="/desk/cases/${plain}"]`).count()) break;
      }
    }
    await ono.open(number);
    await ono.page.getByText('返事が来た').first().waitFor();
    await ono.page.getByText('補正済').first().waitFor();
    await ono.look('corrected');
    await ono.go('/desk/cases?queue=replied');
    assert.equal(await ono.page.locator(`a[href="/desk/cases/${plain}"]`).count(), 0, 'what its clerk has seen is no longer new');

    // 審査と起案, with the letter before it goes.
    await ono.open(number);
    for (const box of await ono.page.locator('input[name=check]').all()) await box.check();
    await ono.press('次の工程へ');
    await ono.said('次の工程に進めました');
    await ono.follow('起案する');
    await ono.page.check('input[name=outcome][value=full]');
    await ono.page.fill('[name="full.documents"]', '中央公園改修工事請負契約書');
    await ono.page.fill('[name="full.method"]', '閲覧');
    await ono.look('propose');
    const { csrf, row } = await ono.held();
    const preview = await ono.post(number, 'preview', { csrf, row, outcome: 'full', 'full.documents': '契約書', 'full.method': '閲覧' });
    assert.equal(preview.headers()['content-type'], 'application/pdf');
    await ono.press('起案する');
    await ono.said('起案しました');
    assert.equal(await ono.page.getByRole('button', { name: '承認する' }).count(), 0, 'who drafted it does not approve it');

    // 決裁 in another room of the town hall.
    const kudo = await staff(town, 'kudo', { scripts, name: `staff-day-chief-${scripts}` });
    await kudo.go('/desk/cases?queue=turn');
    await kudo.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor();
    await kudo.look('my-turn');
    await kudo.open(number);
    await kudo.look('to-approve');
    await kudo.follow('差し戻す');
    await kudo.press('差し戻す');
    await kudo.page.getByText('理由を書いてください').waitFor();
    await kudo.page.fill('[name=text]', '契約書の日付を確かめてください。');
    await kudo.look('send-back');
    await kudo.press('差し戻す');
    await kudo.said('差し戻しました');
    await ono.open(number);
    await ono.page.getByText('契約書の日付を確かめてください。').waitFor();
    await ono.follow('起案する');
    await ono.page.check('input[name=outcome][value=full]');
    await ono.page.fill('[name="full.documents"]', '中央公園改修工事請負契約書');
    await ono.page.fill('[name="full.method"]', '閲覧');
    await ono.press('起案する');
    await kudo.open(number);
    await kudo.press('承認する');
    await kudo.said('決裁しました');

    // The letter is made by the press behind the pages; then it stands on the case, and the resident reads how it ended.
    for (let tries = 0; tries < 100; tries += 1) {
      await kudo.open(number);
      if (await kudo.page.locator('a[href*="/letters/"]').count()) break;
      await new Promise((next) => setTimeout(next, 150));
    }
    await kudo.look('decided');
    const letter = await kudo.page.locator('a[href*="/letters/"]').first().getAttribute('href');
    const pdf = await kudo.context.request.get(town.url + letter);
    assert.equal(pdf.headers()['content-type'], 'application/pdf');
    let ended = '';
    for (let tries = 0; tries < 40 && !ended.includes('開示することに決まりました'); tries += 1) {
      await hana.go(`/status/${plain}`);
      ended = await hana.page.locator('main').innerText();
    }
    assert.match(ended, /開示することに決まりました/);

    // 電話: nobody wrote to this person but their telephone is known, so somebody must ring; the queue says so, and who did it is a line.
    await ono.go('/desk/cases?queue=reach');
    await ono.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor();
    await ono.look('to-call');
    await ono.open(number);
    await ono.press('電話した');
    await ono.said('知らせたことを記録しました');
    await ono.go('/desk/cases?queue=reach');
    assert.equal(await ono.page.locator(`a[href="/desk/cases/${plain}"]`).count(), 0);
    await ono.go(`/desk/cases/${plain}/print`);
    await ono.look('print');
    for (const one of [hana, ono, kudo]) { one.calm(); await one.leave(); }
  });
}

test('a phone is enough for a clerk on the way', { timeout: 60_000 }, async () => {
  const ono = await staff(town, 'ono', { viewport: PHONE, name: 'staff-day-phone' });
  await ono.go('/desk/cases?queue=all');
  await ono.look('inbox');
  await Promise.all([ono.page.waitForURL(/\/desk\/cases\/[A-Z0-9]+/), ono.page.locator('tr[data-href] a').first().click()]);
  await ono.look('case');
  ono.calm();
  await ono.leave();
});
