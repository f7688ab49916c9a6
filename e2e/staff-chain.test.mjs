// The chain of decision: 専決 by amount, 代決 with 後閲, 合議 after a case was handed over, notices of delay; each page looked at.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 40 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const wide = (name) => ({ name: `staff-chain-${name}`, alsoAt: [['phone', PHONE]] });

/** An association asks for money for its hall. */
async function fileHall(requested) {
  const someone = await person(town, { viewport: PHONE, name: 'staff-chain-resident' });
  const answers = {
    name: '北町自治会', 'representative.family': '田中', 'representative.given': '太郎', 'address.postal': '100-0003', 'address.text': '見本県見本市北町4-5', phone: '090-0000-0002',
    sort: 'repair', plan: '集会所の屋根のふきかえ', cost: String(Number(requested) * 2), requested: String(requested),
  };
  await someone.go('/procedures/hall_grant');
  await someone.submit('申請をはじめる');
  for (let pages = 0; pages < 2; pages += 1) {
    for (const [name, value] of Object.entries(answers)) {
      const input = someone.page.locator(`[name="${name}"]`);
      if (!(await input.count())) continue;
      if (await input.first().evaluate((element) => element.type === 'radio')) await someone.page.check(`[name="${name}"][value="${value}"]`);
      else await input.first().fill(value);
    }
    if (await someone.page.locator('[name^="start."]').count()) {
      await someone.page.selectOption('[name="start.era"]', 'western');
      await someone.page.locator('[name="start.year"]').fill('2099');
      await someone.page.locator('[name="start.month"]').fill('2');
      await someone.page.locator('[name="start.day"]').fill('1');
    }
    await someone.submit('次へ進む');
  }
  await someone.submit('申請する');
  const number = await someone.page.locator('.receipt .number').first().innerText();
  await someone.leave();
  return number;
}

/** Works a case up to its proposal, which `fill` fills in. */
async function propose(clerk, number, fill) {
  await clerk.open(number);
  for (const box of await clerk.page.locator('input[name=check]').all()) await box.check();
  await clerk.press('次の工程へ');
  await clerk.follow('起案する');
  await fill(clerk.page);
  await clerk.press('起案する');
  await clerk.said('起案しました');
}

const grant = (yen) => async (page) => {
  await page.check('input[name=outcome][value=granted]');
  await page.fill('[name="granted.amount"]', String(yen));
};

test('five hundred thousand yen are the chief\'s alone, one yen more goes on to the director', { timeout: 180_000 }, async () => {
  const ono = await staff(town, 'ono', wide('clerk'));
  const kudo = await staff(town, 'kudo', wide('chief'));
  const small = await fileHall(500000);
  await propose(ono, small, grant(500000));
  await kudo.open(small);
  await kudo.page.getByText('この案件は課長の専決です').waitFor();
  await kudo.look('sole-decision');
  await kudo.press('承認する');
  await kudo.said('決裁しました');

  const large = await fileHall(500001);
  await propose(ono, large, grant(500001));
  await kudo.open(large);
  assert.equal(await kudo.page.getByText('この案件は課長の専決です').count(), 0, 'above the limit the chief does not decide alone');
  await kudo.press('承認する');
  await kudo.said('次の決裁に回ります');
  const hirano = await staff(town, 'hirano', wide('director'));
  await hirano.go('/desk/cases?queue=turn');
  await hirano.page.locator(`a[href="/desk/cases/${large.replaceAll('-', '')}"]`).waitFor();
  await hirano.open(large);
  await hirano.look('director');
  await hirano.press('承認する');
  await hirano.said('決裁しました');
  for (const one of [ono, kudo, hirano]) { one.calm(); await one.leave(); }
});

test('a deputy decides only while the chief is away, and the chief looks afterwards', { timeout: 180_000 }, async () => {
  const ono = await staff(town, 'ono', wide('absence-clerk'));
  const sasaki = await staff(town, 'sasaki', wide('deputy'));
  const number = await fileHall(300000);
  await propose(ono, number, grant(300000));
  await sasaki.open(number);
  await sasaki.page.getByText('課長が出勤しているため、代決はできません').waitFor();
  assert.equal(await sasaki.page.getByRole('button', { name: '承認する' }).count(), 0);
  await sasaki.look('holder-present');
  const { csrf, row } = await sasaki.held();
  const forged = await sasaki.post(number, 'do/approve', { csrf, row });
  assert.equal(forged.status(), 409);
  assert.match(await forged.text(), /代決はできません/);

  await sasaki.follow('不在の予定');
  await sasaki.page.selectOption('select[name=staff]', { label: '工藤 明' });
  await sasaki.press('不在を入れる');
  await sasaki.page.locator('ul.files li', { hasText: '工藤 明' }).first().waitFor();
  await sasaki.look('absences');
  await sasaki.open(number);
  await sasaki.page.getByText('課長の代わりに決裁（代決）します').waitFor();
  await sasaki.look('stands-in');
  await sasaki.press('承認する');
  await sasaki.said('決裁しました');

  const kudo = await staff(town, 'kudo', wide('afterwards'));
  await kudo.go('/desk/absences');
  await kudo.press('戻った・取り消す');
  await kudo.page.getByText('不在の予定はありません').waitFor();
  await kudo.go('/desk/cases?queue=look-after');
  const plain = number.replaceAll('-', '');
  await kudo.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor();
  await kudo.look('queue');
  await kudo.open(number);
  await kudo.page.getByText('（代決）').first().waitFor();
  await kudo.look('to-look-at');
  await kudo.press('後閲した');
  await kudo.said('後閲を記録しました');
  await kudo.look('looked');
  await kudo.go('/desk/cases?queue=look-after');
  assert.equal(await kudo.page.locator(`a[href="/desk/cases/${plain}"]`).count(), 0, 'it is looked at once');
  for (const one of [ono, sasaki, kudo]) { one.calm(); await one.leave(); }
});

test('a case handed to the section that holds the papers is decided there, with 総務課 consulted', { timeout: 180_000 }, async () => {
  const hana = await person(town, { viewport: PHONE, name: 'staff-chain-asks' });
  const { number, plain } = await fileDisclosure(hana, { name: '合田 議子', documents: '令和7年度のごみ収集の委託契約書' });
  const ono = await staff(town, 'ono', wide('hands-over'));
  await ono.open(number);
  await ono.press('担当する');
  await ono.follow('ほかの課へ渡す');
  await ono.press('ほかの課へ渡す');
  await ono.page.getByText('理由を書いてください').waitFor();
  await ono.page.selectOption('select[name=to]', { label: '環境課' });
  await ono.page.fill('[name=reason]', 'ごみ収集の契約書は環境課が持っています。');
  await ono.look('hand-over');
  await ono.press('ほかの課へ渡す');
  await ono.said('引き渡しました');
  assert.equal((await ono.context.request.get(`${town.url}/desk/cases/${plain}`)).status(), 404, 'it is no longer ours to see');

  let status = '';
  for (let tries = 0; tries < 40 && !status.includes('環境課'); tries += 1) {
    await hana.go(`/status/${plain}`);
    status = await hana.page.locator('main').innerText();
  }
  assert.match(status, /環境課/);
  await hana.look('handed-over');

  const ueda = await staff(town, 'ueda', wide('holder'));
  await ueda.go('/desk/cases?queue=unclaimed');
  await ueda.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor();
  await ueda.open(number);
  await ueda.page.getByText('ごみ収集の契約書は環境課が持っています。').waitFor();
  await ueda.press('担当する');
  const full = async (page) => {
    await page.check('input[name=outcome][value=full]');
    await page.fill('[name="full.documents"]', 'ごみ収集運搬業務委託契約書');
    await page.fill('[name="full.method"]', '閲覧');
  };
  await propose(ueda, number, full);

  const noguchi = await staff(town, 'noguchi', wide('consult-chief'));
  await noguchi.open(number);
  await noguchi.page.getByText('合議の同意がそろうと承認できます').waitFor();
  assert.equal(await noguchi.page.getByRole('button', { name: '承認する' }).count(), 0);
  await noguchi.look('waits');

  const kudo = await staff(town, 'kudo', wide('consulted'));
  await kudo.go('/desk/cases?queue=consulted');
  await kudo.page.locator(`a[href="/desk/cases/${plain}"]`).waitFor();
  await kudo.look('queue');
  await kudo.open(number);
  await kudo.look('asked');
  await kudo.press('修正を求める');
  await kudo.page.getByText('理由を書いてください').waitFor();
  await kudo.page.fill('#consult-text', '単価の欄は法人の競争上の情報に当たります。部分開示にしてください。');
  await kudo.press('修正を求める');
  await kudo.said('修正を求めました');

  await ueda.open(number);
  await ueda.page.getByText('部分開示にしてください').first().waitFor();
  await ueda.look('change-asked');
  await ueda.follow('起案する');
  await ueda.page.check('input[name=outcome][value=partial]');
  await ueda.page.fill('[name=reason]', '単価は法人の競争上の地位を害するおそれがあるため（条例第7条第3号）。');
  await ueda.page.fill('[name="partial.documents"]', 'ごみ収集運搬業務委託契約書');
  await ueda.page.fill('[name="partial.withheld"]', '単価の欄');
  await ueda.page.fill('[name="partial.method"]', '閲覧');
  await ueda.press('起案する');

  await kudo.open(number);
  await kudo.page.fill('#consult-text', '異存ありません。');
  await kudo.press('同意する');
  await kudo.said('合議に同意しました');
  await noguchi.open(number);
  await noguchi.look('agreed');
  await noguchi.press('承認する');
  await noguchi.said('決裁しました');
  for (const one of [hana, ono, ueda, noguchi, kudo]) { one.calm(); await one.leave(); }
});

test('a limit is extended by a notice that is seen before it goes, and the person reads the new day and the notice', { timeout: 180_000 }, async () => {
  const hana = await person(town, { viewport: PHONE, name: 'staff-chain-waits' });
  const { number, plain } = await fileDisclosure(hana, { name: '延原 待子', documents: '市長の日程表の十年分の全部' });
  const ono = await staff(town, 'ono', wide('delay'));
  await ono.open(number);
  await ono.press('担当する');
  await ono.follow('遅れを知らせる');
  await ono.page.getByText('法定期限を延長する').waitFor();
  await ono.look('ways');
  await ono.press('遅れを知らせる');
  await ono.page.getByText('理由を書いてください').waitFor();
  const why = '対象の公文書が多く、内容の確認に時間がかかるため。';
  await ono.page.check('input[name=delay][value=special]');
  await ono.page.fill('[name=until]', '2020-01-01');
  await ono.page.fill('[name=reason]', why);
  await ono.press('遅れを知らせる');
  await ono.page.getByText('いま決まっている日より後の日').waitFor();
  assert.equal(await ono.page.inputValue('[name=reason]'), why, 'what was written stays');
  await ono.look('too-early');
  await ono.page.check('input[name=delay][value=extension]');
  const { csrf, row } = await ono.held();
  const preview = await ono.post(number, 'delay-preview', { csrf, row, delay: 'extension', reason: why });
  assert.equal(preview.headers()['content-type'], 'application/pdf');
  await ono.press('遅れを知らせる');
  await ono.said('遅れを申請者に知らせます');
  for (let tries = 0; tries < 100; tries += 1) {
    await ono.open(number);
    if (await ono.page.locator('a[href*="/letters/"]').count()) break;
    await new Promise((next) => setTimeout(next, 150));
  }
  await ono.page.getByText('開示決定等期間延長通知書').first().waitFor();
  await ono.look('extended');
  const letter = await ono.page.locator('a[href*="/letters/"]').first().getAttribute('href');
  assert.equal((await ono.context.request.get(town.url + letter)).headers()['content-type'], 'application/pdf');

  let status = '';
  for (let tries = 0; tries < 60 && !status.includes('開示決定等期間延長通知書'); tries += 1) {
    await hana.go(`/status/${plain}`);
    status = await hana.page.locator('main').innerText();
  }
  assert.match(status, /結果をお知らせする日が.*に変わりました/);
  assert.match(status, new RegExp(why));
  assert.match(status, /開示決定等期間延長通知書/);
  await hana.look('told');

  // Once is all that the law gives; the special extension still stands open within the first limit.
  await ono.follow('遅れを知らせる');
  assert.equal(await ono.page.locator('input[name=delay][value=extension]').isDisabled(), true);
  await ono.look('once');
  for (const one of [hana, ono]) { one.calm(); await one.leave(); }
});

test('a decision on childcare is deferred by a notice that names the day itself', { timeout: 120_000 }, async () => {
  // 子ども・子育て支援法20条6項ただし書: within thirty days the town tells until when it still needs, and why.
  const mori = await staff(town, 'mori', wide('deferred'));
  await mori.go('/desk/cases?procedure=nursery_admission&stage=working');
  const number = (await mori.page.locator('a[href^="/desk/cases/"]').first().getAttribute('href')).split('/').pop();
  await mori.open(number);
  await mori.follow('遅れを知らせる');
  await mori.page.check('input[name=delay][value=named]');
  await mori.look('named');
  const until = new Date(Date.now() + 75 * 86_400_000).toISOString().slice(0, 10);
  await mori.page.fill('[name=named-until]', until);
  const why = '就労の状況の調査に日時を要するため。';
  await mori.page.fill('[name=reason]', why);
  const { csrf, row } = await mori.held();
  const preview = await mori.post(number, 'delay-preview', { csrf, row, delay: 'named', 'named-until': until, reason: why });
  assert.equal(preview.headers()['content-type'], 'application/pdf');
  await mori.press('遅れを知らせる');
  await mori.said('遅れを申請者に知らせます');
  for (let tries = 0; tries < 100 && !(await mori.page.locator('a[href*="/letters/"]').count()); tries += 1) {
    await mori.open(number);
    await new Promise((next) => setTimeout(next, 150));
  }
  await mori.page.getByText('教育・保育給付認定処理延期通知書').first().waitFor();
  const [year, month, day] = until.split('-').map(Number);
  assert.match(await mori.page.locator('main').innerText(), new RegExp(`令和${year - 2018}年${month}月${day}日`), 'the limit is the day of the notice');
  await mori.look('done');
  await mori.follow('遅れを知らせる');
  assert.equal(await mori.page.locator('input[name=delay][value=named]').isDisabled(), true, 'once');
  mori.calm();
  await mori.leave();
});

test('a limit that has passed is not extended, and the page says why', { timeout: 60_000 }, async () => {
  const ono = await staff(town, 'ono', wide('late'));
  // It came by post eight weeks ago and nobody looked.
  await ono.go('/desk/paper/disclosure_request');
  await ono.page.selectOption('select[name="came-channel"]', 'paper');
  await ono.page.fill('input[name="came-on"]', new Date(Date.now() - 56 * 86_400_000).toISOString().slice(0, 10));
  await ono.page.check('[name=requester][value=person]');
  await ono.page.fill('[name=name]', '待田 久');
  await ono.page.fill('[name="address.text"]', '見本県見本市北町1-1');
  await ono.page.fill('[name=documents]', '道路工事の契約書の全部');
  await ono.page.check('[name=way][value=view]');
  await ono.press('受け付ける');
  await ono.said('受け付けました');
  const late = new URL(ono.page.url()).pathname;
  const { csrf, row } = await ono.held();
  await ono.follow('遅れを知らせる');
  await ono.page.getByText('法定期限を過ぎたため、延長できません').first().waitFor();
  assert.equal(await ono.page.locator('input[name=delay], textarea[name=reason]').count(), 0, 'there is nothing to fill in');
  await ono.look('page');
  const forged = await ono.context.request.post(`${town.url}${late}/delay`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url },
    data: new URLSearchParams({ csrf, row, delay: 'extension', reason: '遅れました。' }).toString(), maxRedirects: 0,
  });
  assert.equal(forged.status(), 422);
  assert.match(await forged.text(), /期限を過ぎたため、延長できません/);
  ono.calm();
  await ono.leave();
});
