// 情報公開請求 on a phone: with scripts in Japanese, without scripts in English.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, mailTo } from './town.mjs';
import { BOTH, fill, HOW, receipt, WHAT, WHO } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 300, cases: 40 }); });
after(async () => { await closeBrowser(); await town.close(); });

test('a resident files a disclosure request on a phone in Japanese', async () => {
  const hanako = await person(town, { name: 'files-ja', alsoAt: BOTH });
  await hanako.go('/');
  await hanako.look('front');
  await fill(hanako, { q: '情報公開' });
  await hanako.submit('さがす');
  await hanako.look('found');
  await hanako.page.getByRole('link', { name: /公文書の開示請求/ }).first().click();
  await hanako.look('guide');
  await hanako.submit('申請をはじめる');
  await hanako.look('who');
  await fill(hanako, { ...WHO, mail: 'hanako-files@example.jp' });
  await hanako.submit('次へ進む');
  await hanako.look('what');
  await fill(hanako, WHAT);
  await hanako.submit('次へ進む');
  await hanako.look('how');
  await fill(hanako, { way: 'post' });
  await hanako.submit('次へ進む');
  // Copies by post cost money, so the page comes back with one more question, and calls nothing wrong yet.
  assert.equal(await hanako.page.locator('#errors').count(), 0);
  await hanako.look('how-agree');
  await fill(hanako, { postage: true });
  await hanako.submit('次へ進む');
  await hanako.look('check');
  assert.match(await hanako.page.locator('main').innerText(), /佐藤 花子/);
  await hanako.submit('申請する');
  await hanako.look('filed');
  const { number, plain } = await receipt(hanako);
  assert.match(number, /^[2-9A-Y]{3}-[2-9A-Y]{3}-[2-9A-Y]$/);
  const mail = await mailTo(town, 'hanako-files@example.jp');
  assert.ok(!/公文書|契約書/.test(mail.subject + mail.text), 'outside the town hall nothing says what it is about');
  await hanako.page.getByRole('link', { name: '申請の状況を見る' }).first().click();
  assert.match(hanako.page.url(), new RegExp(`/status/${plain}$`));
  await hanako.look('status');
  const pdf = await hanako.context.request.get(`/status/${plain}/receipt.pdf`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
  hanako.calm();
  await hanako.leave();
});

test('the same without scripts in English', async () => {
  const john = await person(town, { name: 'files-en', scripts: false, locale: 'en-GB', alsoAt: BOTH });
  await john.go('/?lang=en');
  await john.look('front');
  await john.page.fill('[name=q]', 'documents');
  await john.submit('Search');
  await john.look('found');
  await john.go('/procedures/disclosure_request');
  await john.look('guide');
  await john.submit('Start');
  await john.look('who');
  for (const [name, value] of Object.entries({ ...WHO, name: 'John Smith', kana: '' })) {
    if (name === 'requester') await john.page.check('[name=requester][value=person]');
    else await john.page.fill(`[name="${name}"]`, value);
  }
  await john.submit('Next');
  await john.look('what');
  await john.page.fill('[name=documents]', WHAT.documents);
  await john.submit('Next');
  await john.look('how');
  await john.page.check(`[name=way][value=${HOW.way}]`);
  await john.submit('Next');
  await john.look('check');
  await john.submit('Apply');
  await john.look('filed');
  const { plain } = await receipt(john);
  await john.go(`/status/${plain}`);
  await john.look('status');
  john.calm();
  await john.leave();
});
