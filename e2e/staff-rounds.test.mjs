// 一斉受付・選考: three families file for one place; the round closes, is scored, allocated by one and looked through by another, proposed, and
// announced on the day; before it nobody sees anything, on it each sees their own points. A place that becomes free later is offered to the next.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, receipt, signIn, staff as behind } from './resident.mjs';

let town; let towns;
const file = () => join(towns, 'mihon', 'rounds', 'nursery_april.yaml');
/** Japan's wall clock, so many seconds from now. */
const japan = (seconds) => new Date(Date.now() + (9 * 3600 + seconds) * 1000).toISOString().slice(0, 19);

/** Sets the times of the round; the town looks at its folder every two seconds. */
async function set({ opens = -90 * 86400, closes, announce }) {
  const at = { opens: japan(opens), closes: japan(closes), announce: japan(announce) };
  writeFileSync(file(), Object.entries(at).reduce((text, [key, value]) => text.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`), readFileSync(file(), 'utf8')));
  await new Promise((next) => setTimeout(next, 6000));
}

before(async () => {
  towns = mkdtempSync(join(tmpdir(), 'yakuba-towns-'));
  cpSync(resolve(import.meta.dirname, '..', 'towns'), towns, { recursive: true });
  town = await openTown({ residents: 200, cases: 10, args: ['--town', join(towns, 'mihon')] });
  await set({ closes: 86400, announce: 2 * 86400 });
});
after(async () => { await closeBrowser(); await town?.close(); rmSync(towns, { recursive: true, force: true }); });

/** Fills the page at hand by the names of its inputs, whatever they look like, and goes on. */
async function typed(one, answers, button = '次へ進む') {
  await one.page.evaluate(([given, label]) => {
    const press = [...document.querySelectorAll('main button')].find((candidate) => candidate.textContent.trim().startsWith(label));
    const form = press.form;
    form.noValidate = true;
    for (const [name, values] of Object.entries(given)) {
      for (const old of [...form.elements].filter((element) => element.name === name)) old.disabled = true;
      for (const value of [values].flat()) {
        const input = document.createElement('input');
        Object.assign(input, { type: 'hidden', name, value });
        form.append(input);
      }
    }
  }, [answers, button]);
  await one.submit(button);
}

/** A family files for places in April. */
async function files(mail, name, hours) {
  const one = await person(town, { viewport: PHONE, name: 'resident-rounds' });
  await one.go('/sign-in?then=/my');
  await signIn(one, town, mail);
  await begin(one, 'nursery_admission');
  await typed(one, { name, kana: 'サトウ', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3' });
  await typed(one, {
    'children.rows': '1', 'children.0.child': 'other', 'children.0.child.name': `${name} 二郎`, 'children.0.child.born': '2024-06-01',
    'children.0.now': 'home', 'children.0.allergy': 'no', start: '2027-04-01', hours: 'standard',
  });
  const guardians = hours.flatMap((hour, at) => [[`guardians.${at}.guardian`, name], [`guardians.${at}.reason`, 'work'], [`guardians.${at}.hours_a_month`, String(hour)]]);
  await typed(one, { 'guardians.rows': String(hours.length), ...Object.fromEntries(guardians) });
  await typed(one, { wishes: ['ekimae_small'], if_none: 'wait' });
  await typed(one, { tax_consent: 'yes', share_consent: 'yes' });
  await one.submit('申請する');
  return { one, ...(await receipt(one)) };
}

test('a round goes from closing to the day on which all are told', { timeout: 300_000 }, async () => {
  const high = await files('high@example.jp', '佐藤 一', [160, 160]);
  const low = await files('low@example.jp', '鈴木 一', [120, 64]);
  const clerk = await behind(town, 'mori');
  for (const { plain } of [high, low]) {
    await clerk.press(plain, 'do/claim');
    await clerk.press(plain, 'do/advance');
    await clerk.press(plain, 'do/advance', { 'step.category': 'three' });
  }
  const mori = await staff(town, 'mori', { name: 'staff-rounds' });
  await mori.go('/desk/rounds/nursery_april');
  await mori.page.getByText('受付中').first().waitFor();
  // A second ahead: what came just now is in it, and it is over when the town has looked at its folder.
  await set({ closes: 1, announce: 86400 });
  await mori.go('/desk/rounds');
  await mori.look('list');
  await mori.go('/desk/rounds/nursery_april');
  await mori.press('採点する');
  await mori.said('採点しました');
  await mori.go(`/desk/rounds/nursery_april/cases/${high.plain}`);
  assert.match(await mori.page.locator('main').innerText(), /月160時間以上 働いている/);
  await mori.look('points');
  await mori.go('/desk/rounds/nursery_april');
  await mori.press('割り当てる');
  await mori.said('割り当てました');
  assert.equal(await mori.page.getByRole('button', { name: '確認した（この割当てに決める）' }).count(), 0, 'a clerk does not look it through');
  await mori.look('allocated');
  await mori.follow('枠のようす・人数を変えてみる');
  await mori.page.selectOption('#place', 'ekimae_small.age2');
  await mori.page.fill('#capacity', '2');
  await mori.press('見てみる');
  assert.match(await mori.page.locator('main').innerText(), /鈴木[ 　]一[ 　]二郎/);
  await mori.look('what-if');

  const hayashi = await staff(town, 'hayashi', { name: 'staff-rounds-chief' });
  await hayashi.go('/desk/rounds/nursery_april');
  await hayashi.press('確認した（この割当てに決める）');
  await mori.go('/desk/rounds/nursery_april');
  await mori.press('まとめて起案する');
  await mori.said('起案しました');
  await hayashi.go('/desk/rounds/nursery_april');
  assert.equal(await hayashi.page.getByRole('button', { name: 'まとめて決裁し、公表する' }).count(), 0, 'not before the day');
  await hayashi.look('before-the-day');
  await low.one.go(`/status/${low.plain}`);
  // The procedure is called so itself; all else would be the result.
  const before = (await low.one.page.locator('main').innerText()).replace('入所申込み', '');
  assert.doesNotMatch(before, /選考の結果|入所|空き|えきまえ|点数/, 'nothing is seen before');
  assert.equal((await low.one.context.request.get(`${town.url}/status/${low.plain}/round`)).status(), 404, 'nor by its address');
  await set({ closes: -30, announce: -1 });
  await hayashi.go('/desk/rounds/nursery_april');
  await hayashi.press('まとめて決裁し、公表する');
  await hayashi.said('公表しました');
  await hayashi.look('announced');

  for (const [family, says] of [[high, /えきまえ保育室[^]*40点[^]*月160時間以上/], [low, /今回は、希望したところに入れませんでした[^]*26点[^]*1番目に待っています/]]) {
    for (let tries = 0; tries < 100; tries += 1) {
      await family.one.go(`/status/${family.plain}`);
      if (await family.one.page.getByRole('link', { name: '選考の結果と点数を見る' }).count()) break;
      await new Promise((next) => setTimeout(next, 100));
    }
    await family.one.page.getByRole('link', { name: '選考の結果と点数を見る' }).click();
    const text = await family.one.page.locator('main').innerText();
    assert.match(text, says);
    await family.one.look('result');
  }
  assert.doesNotMatch(await low.one.page.locator('main').innerText(), /佐藤|40点/, 'others stay unseen');
  const other = await low.one.context.request.get(`${town.url}/status/${high.plain}/round`);
  assert.equal(other.status(), 404);
  const stranger = await staff(town, 'nagai', { name: 'staff-rounds-stranger' });
  for (const page of ['', '/later', '/places']) {
    assert.equal((await stranger.context.request.get(`${town.url}/desk/rounds/nursery_april${page}`)).status(), 404);
  }

  // Everybody may reckon the lots again: the seed that was sealed, and what it hashes to.
  const anybody = await person(town, { viewport: PHONE, name: 'resident-lots' });
  await anybody.go('/rounds/nursery_april');
  const [digest, seed] = await anybody.page.locator('main dd code').allInnerTexts();
  assert.equal(createHash('sha256').update(seed).digest('hex'), digest);
  assert.doesNotMatch(await anybody.page.locator('main').innerText(), /佐藤|鈴木/);
  await anybody.look('public');
  anybody.calm();

  // 佐藤 gives the place up: it is offered to the next by rank, who has some days to answer.
  await mori.go('/desk/rounds/nursery_april');
  await mori.follow('空きと繰上げ');
  assert.match(await mori.page.locator('main').innerText(), /いま申し出る方がいません/);
  await mori.page.fill('#reason', '県外へ引っ越すとのこと');
  await mori.press('空きを入れる');
  await mori.said('空きを入れました');
  await mori.look('later-next');
  await mori.press('この方に申し出る');
  await mori.said('申し出ました');
  await mori.look('later-offered');
  for (let tries = 0; tries < 100; tries += 1) {
    await low.one.go(`/status/${low.plain}`);
    if (await low.one.page.getByRole('link', { name: '空きの申出に答える' }).count()) break;
    await new Promise((next) => setTimeout(next, 100));
  }
  await low.one.page.getByRole('link', { name: '空きの申出に答える' }).click();
  assert.match(await low.one.page.locator('main').innerText(), /返事をお待ちしています[^]*えきまえ保育室[^]*返事の期限/);
  await low.one.look('offer');
  // Nobody else has it, and an answer by another's hand counts for nothing.
  const offer = `${town.url}/status/${low.plain}/offer`;
  assert.equal((await high.one.context.request.get(offer)).status(), 404);
  const form = Object.fromEntries(await low.one.page.locator('main form input[type=hidden]').evaluateAll((all) => all.map((input) => [input.name, input.value])));
  assert.equal((await high.one.context.request.post(offer, { form: { ...form, answer: 'accept' } })).ok(), false);
  await low.one.submit('入ります');
  assert.match(await low.one.page.locator('main').innerText(), /「入ります」と答えました/);
  const again = await low.one.context.request.post(offer, { form: { ...form, answer: 'decline' } });
  assert.equal(again.status(), 409, 'it was answered');
  await low.one.look('offer-answered');
  for (let tries = 0; tries < 100; tries += 1) {
    await mori.go('/desk/rounds/nursery_april/later');
    if (await mori.page.getByRole('button', { name: 'この枠で起案する' }).count()) break;
    await new Promise((next) => setTimeout(next, 100));
  }
  await mori.press('この枠で起案する');
  await mori.said('起案しました');
  await mori.look('later-proposed');
  mori.calm();
  hayashi.calm();
});
