// 窓口: a procedure that is prepared at home and takes effect at the counter; papers that a clerk takes in with scans or sees; a draft that
// is lent with its files.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, fill, as, WHO } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 0 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const PDF = { name: '転出証明書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF') };
const SCRIPT = { name: '証明書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<script>alert(1)</script>') };
const TOO_LARGE = { name: '大きな写真.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(11 << 20)]) };

/** A day so many days from now in Japan, in the three boxes of a date. */
const day = (name, days) => {
  const on = new Date(Date.now() + 9 * 3600_000 + days * 86_400_000);
  return { [`${name}.year`]: String(on.getUTCFullYear()), [`${name}.month`]: String(on.getUTCMonth() + 1), [`${name}.day`]: String(on.getUTCDate()) };
};

/** The answers of somebody who moved in with her child, page by page. A question that comes up by an answer is on the next list. */
const MOVE = [
  { ...day('moved_on', -3), 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3', from_abroad: 'no' },
  { 'former.text': '隣県隣市南2-1', former_head: '佐藤 一', out_report: 'certificate' },
];
const child = (at, name, born) => ({ [`people.${at}.name`]: name, [`people.${at}.born.year`]: born, [`people.${at}.born.month`]: '5', [`people.${at}.born.day`]: '3', [`people.${at}.sex`]: 'female', [`people.${at}.relation`]: at ? '子' : '世帯主', [`people.${at}.card`]: 'no' });

/** Fills in what the page asks of these answers now; on to the next page until nothing new comes up. */
async function answer(someone, answers) {
  const names = await someone.page.locator('main form [name]').evaluateAll((inputs) => [...new Set(inputs.map((input) => input.name))]);
  // A name may be asked in one line or in two.
  const asked = Object.fromEntries(Object.entries(answers).flatMap(([name, value]) => {
    if (names.includes(name)) return [[name, value]];
    if (names.includes(`${name}.family`)) { const [family, given] = value.split(' '); return [[`${name}.family`, family], [`${name}.given`, given ?? '']]; }
    return [];
  }));
  await fill(someone, asked);
}

/** Prepares a moving-in until the check. */
async function prepare(someone, { withFile = false, scripts = true } = {}) {
  await begin(someone, 'moving_in_report', '準備をはじめる');
  const everything = { ...Object.assign({}, ...MOVE), joins: 'new', head: '佐藤 花子', ...child(0, '佐藤 花子', '1990'), ...child(1, '佐藤 さくら', '2020'), comes: 'own', name: '佐藤 花子', phone: '090-0000-0001' };
  let attached = false;
  let rows = 1;
  for (let pages = 0; pages < 12 && !someone.page.url().includes('/check'); pages += 1) {
    await answer(someone, everything);
    const add = someone.page.locator('button[name="add.people"]');
    if ((await add.count()) && rows < 2) {
      rows += 1;
      await Promise.all([someone.page.waitForEvent('load'), add.click()]);
      await answer(someone, everything);
      await someone.look('people');
    }
    const input = someone.page.locator('input[type=file][name=certificate]');
    if (withFile && !attached && (await input.count())) {
      attached = true;
      await input.setInputFiles(PDF);
      // Where there are scripts the file goes at once; it is sent when it stands in the list.
      if (scripts) await someone.page.locator('#f-certificate [data-kept] li').waitFor();
    }
    await someone.submit('次へ進む');
  }
  assert.match(someone.page.url(), /\/check$/);
}

/** Types a code at the desk until the hatch has brought its draft. */
async function take(clerk, code, shows) {
  for (let tries = 0; ; tries += 1) {
    await clerk.page.goto('/desk/paper');
    const input = clerk.page.locator('form:has([name=code]) [name=code]');
    await input.fill(code);
    await Promise.all([clerk.page.waitForEvent('load'), input.press('Enter')]);
    if (clerk.page.url().includes('?sheet=') && (await clerk.page.content()).includes(shows)) return;
    assert.ok(tries < 15, `the clerk finds the draft by its code: ${await clerk.page.locator('main').innerText()}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  test(`a resident prepares a moving-in and the clerk finishes it at the counter, ${how}`, { timeout: 240_000 }, async () => {
    const hana = await person(town, { viewport: PHONE, scripts, name: `counter-prepares-${scripts}` });
    await hana.go('/procedures/moving_in_report');
    const guide = await hana.page.locator('main').innerText();
    assert.match(guide, /ここで準備し、窓口で届け出る手続です/);
    assert.match(guide, /準備ができます（届出は窓口です）/);
    await hana.look('guide');
    await prepare(hana, { withFile: true, scripts });
    assert.equal(await hana.page.getByRole('button', { name: '申請する' }).count(), 0, 'nothing is filed here');
    await hana.look('check');
    await hana.submit('準備を終える');
    const said = await hana.page.locator('main').innerText();
    assert.match(said, /まだ届け出たことにはなりません/);
    assert.match(said, /転出証明書（前の市区町村でもらったもの/);
    assert.match(said, /本庁舎1階 1番窓口/);
    assert.match(said, /8時30分から17時15分まで/);
    assert.doesNotMatch(said, /受付番号|届出済み|申請済み|申請を受け付けました/);
    const code = (await hana.page.locator('.receipt .number').innerText()).trim();
    assert.match(code, /^[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}$/);
    assert.equal(await hana.page.locator('.qr svg').count(), 1);
    assert.ok(!hana.page.url().includes(code.replaceAll('-', '')), 'the code stands in no address');
    await hana.look('prepared');
    const at = new URL(hana.page.url()).pathname;
    // In the other languages it says the same; readings stand above the words.
    for (const [language, title] of [['easy', /準備.*が できました/s], ['en', /You are prepared[^]*Nothing has been submitted yet[^]*Valid until/]]) {
      await hana.go(`${at}?lang=${language}`);
      const read = await hana.page.locator('main').innerText();
      assert.match(read, title);
      assert.ok(read.includes(code));
      await hana.look(`prepared-${language}`);
    }
    await hana.go(`${at}?lang=ja`);
    await hana.go('/my');
    assert.match(await hana.page.locator('main').innerText(), new RegExp(`準備番号（.*まで。まだ届け出ていません）\\s*${code}`));
    await hana.look('my');

    // On the way she sees a mistake: the code stays, and the clerk sees what she mended.
    await Promise.all([hana.page.waitForEvent('load'), hana.page.getByRole('link', { name: '持ってくるもの・場所を見る' }).click()]);
    await Promise.all([hana.page.waitForEvent('load'), hana.page.getByRole('link', { name: '内容を見る・変える' }).click()]);
    await Promise.all([hana.page.waitForEvent('load'), hana.page.locator('a[href*="/household?"]').first().click()]);
    await answer(hana, { head: '佐藤 はな子' });
    await hana.submit('次へ進む');

    const ishii = await staff(town, 'ishii', { scripts, name: `counter-finishes-${scripts}` });
    await take(ishii, code.toLowerCase(), 'はな子');
    assert.ok(!ishii.page.url().includes(code.replaceAll('-', '')), 'nor here');
    assert.match(await ishii.page.locator('main').innerText(), /準備された届出です/);
    assert.match(await ishii.page.locator('main').innerText(), /転出証明書\.pdf/);
    assert.deepEqual(await ishii.page.locator('select[name="came-channel"] option').evaluateAll((all) => all.map((one) => one.value)), ['counter']);
    await ishii.look('sheet');
    // Nobody was seen yet: it is not taken in, and nothing that was typed is lost.
    await answer(ishii, { head: '佐藤 花子' });
    await ishii.page.check('[name="certificate.paper"][value=kept]');
    await ishii.page.fill('[name="certificate.note"]', '転出証明書 原本1枚');
    await ishii.press('受け付ける');
    await ishii.page.getByText('来た方を選んでください').first().waitFor();
    assert.equal(await ishii.page.inputValue('[name="certificate.note"]'), '転出証明書 原本1枚');
    await ishii.look('unseen');
    await ishii.page.selectOption('select[name="seen-who"]', 'own');
    await ishii.page.selectOption('select[name="seen-proof"]', 'card');
    await ishii.press('受け付ける');
    await ishii.said('受け付けました');
    const text = await ishii.page.locator('main').innerText();
    assert.match(text, /本人確認[^]*本人　マイナンバーカード/);
    assert.match(text, /紙で保管（転出証明書 原本1枚）/);
    assert.match(text, /佐藤 花子[^]*佐藤 さくら/);
    assert.match(await ishii.page.locator('header, nav, main').allInnerTexts().then((all) => all.join(' ')), /窓口/);
    // The scan that she attached at home lies in the case.
    for (let tries = 0; !(await ishii.page.locator('.shots a[href*="/attached/"]').count()); tries += 1) {
      assert.ok(tries < 100, 'the attachment arrives');
      await new Promise((next) => setTimeout(next, 100));
      await ishii.page.reload();
    }
    await ishii.look('case');
    // The same code opens nothing any more, and her page has no preparation.
    await ishii.page.goto('/desk/paper');
    await ishii.page.fill('[name=code]', code);
    await ishii.press('続きを開く');
    await ishii.page.getByText('その番号では開けません').waitFor();
    for (let tries = 0; ; tries += 1) {
      await hana.go('/my');
      if (!(await hana.page.locator('main').innerText()).includes(code)) break;
      assert.ok(tries < 100, 'her preparation is finished');
      await new Promise((next) => setTimeout(next, 100));
    }
    hana.calm();
    ishii.calm();
    await hana.leave();
    await ishii.leave();
  });
}

for (const scripts of [true, false]) {
  test(`a clerk takes in what came on paper, with scans and originals, ${scripts ? 'with scripts' : 'without scripts'}`, { timeout: 180_000 }, async () => {
    const ishii = await staff(town, 'ishii', { scripts, name: `counter-paper-${scripts}` });
    await ishii.go('/desk/paper/resident_record_copy');
    await answer(ishii, { name: '田中 太郎', 'address.text': '見本県見本市北町4-5', phone: '090-0000-0002', whose: 'me', copies: '1', way: 'post' });
    // The question about the identity document came up by the answer.
    await ishii.press('受け付ける');
    await ishii.look('asked');
    const question = ishii.page.locator('#f-identity_document');
    // A file that is none and one that is too large are refused by name; what was typed and what was good stay.
    await ishii.page.fill('[name=purpose]', '年金の請求');
    await ishii.page.setInputFiles('input[type=file][name=identity_document]', [PDF, SCRIPT, TOO_LARGE]);
    await ishii.press('受け付ける');
    await question.getByText('PDF').first().waitFor();
    assert.match(await question.innerText(), /10MB/);
    assert.equal(await ishii.page.inputValue('[name=purpose]'), '年金の請求');
    assert.equal(await question.locator('[data-kept] li').count(), 1, 'the good one is kept');
    // The clerk looks at it before it is a case; nobody else can.
    const scan = await ishii.page.locator('section[aria-labelledby=scans] a').getAttribute('href');
    assert.equal((await ishii.context.request.get(town.url + scan)).headers()['content-type'], 'application/pdf');
    for (const other of ['goto', 'maeda']) {
      const colleague = await staff(town, other, { name: `counter-scan-${other}` });
      for (const at of [scan, scan.replace(/1$/, '2'), scan.replace(/1$/, '0')]) assert.equal((await colleague.context.request.get(town.url + at)).status(), 404, at);
      await colleague.leave();
    }
    assert.equal((await ishii.context.request.get(town.url + scan.replace(/1$/, '0'))).status(), 404);
    await ishii.look('refused');
    // She is called away: the sheet waits under its name.
    await ishii.press('書きかけのまま残す');
    await ishii.page.goto('/desk/paper');
    await ishii.look('unfinished');
    await ishii.page.locator('ul.files a', { hasText: '住民票の写し' }).click();
    await ishii.page.waitForURL(/\?sheet=/);
    assert.equal(await ishii.page.inputValue('[name=purpose]'), '年金の請求');
    await ishii.page.check('[name="identity_document.paper"][value=seen]');
    await ishii.page.fill('[name="identity_document.note"]', '運転免許証');
    await ishii.press('受け付ける');
    await ishii.said('受け付けました');
    const answers = ishii.page.locator('section[aria-labelledby=answers]');
    assert.match(await answers.innerText(), /転出証明書\.pdf[^]*原本を確認（運転免許証）/);
    await ishii.look('case');
    const [file] = await answers.locator('a[href*="/attached/"]').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    await ishii.go(file);
    const frame = await ishii.page.locator('main').innerHTML();
    const bytes = await ishii.context.request.get(town.url + frame.match(/\/desk\/cases\/[2-9A-Y]{7}\/files\/[^"]+/)[0].replaceAll('&amp;', '&'));
    assert.equal(bytes.headers()['content-type'], 'application/pdf');
    // Another department sees neither the case nor the file.
    const goto = await staff(town, 'goto', { name: 'counter-other' });
    assert.equal((await goto.context.request.get(bytes.url())).status(), 404);
    assert.equal((await goto.context.request.get(`${town.url}/desk/paper/resident_record_copy`)).status(), 404);
    await goto.leave();
    ishii.calm();
    await ishii.leave();
  });
}

test('the original alone stands for a required document, a second tap with files makes one case', async () => {
  const ishii = await staff(town, 'ishii', { name: 'counter-twice' });
  await ishii.go('/desk/paper/resident_record_copy');
  const csrf = await ishii.page.locator('main form input[name=csrf]').first().inputValue();
  const made = await ishii.page.locator('input[name="draft-case"]').inputValue();
  const answers = {
    csrf, 'draft-case': made, 'came-channel': 'counter', name: '田中 太郎', 'name.family': '田中', 'name.given': '太郎', 'address.text': '見本県見本市北町4-5', whose: 'me', copies: '1', way: 'post', verb: 'file',
  };
  const send = (more) => ishii.context.request.post(`${town.url}/desk/paper/resident_record_copy`, { headers: { origin: town.url }, multipart: { ...answers, ...more }, maxRedirects: 0 });
  const missing = await send({});
  assert.equal(missing.status(), 422);
  const [first, second] = [await send({ identity_document: PDF }), await send({ identity_document: PDF })];
  assert.equal(first.status(), 303, await first.text());
  assert.equal(second.headers().location, first.headers().location, 'the second tap leads to the first case');
  const other = await send({ identity_document: PDF, purpose: '別の用紙' });
  assert.equal(other.status(), 409, 'another sheet under its name is not thrown away unseen');
  const alone = await send({ 'draft-case': '', 'identity_document.paper': 'seen', 'identity_document.note': '旅券' });
  assert.equal(alone.status(), 303);
  const forged = await send({ csrf: 'x', identity_document: PDF });
  assert.ok(forged.status() >= 400, 'a form without our token is refused');
  await ishii.leave();
});

test('a draft that is read aloud brings its files, and goes back to its owner as it was', { timeout: 120_000 }, async () => {
  const kenji = await person(town, { viewport: PHONE, name: 'counter-lends' });
  await as(kenji, 'kenji');
  await begin(kenji, 'resident_record_copy');
  const everything = { whose: 'me', copies: '1', way: 'post' };
  for (let pages = 0; pages < 8; pages += 1) {
    await answer(kenji, everything);
    if (await kenji.page.locator('input[type=file][name=identity_document]').count()) break;
    await kenji.submit('次へ進む');
  }
  await kenji.page.setInputFiles('input[type=file][name=identity_document]', PDF);
  await kenji.page.locator('#f-identity_document [data-kept] li').waitFor();
  await kenji.submit('番号を出す');
  const code = (await kenji.page.locator('.receipt .number').innerText()).trim();
  const ishii = await staff(town, 'ishii', { name: 'counter-borrows' });
  await take(ishii, code, '転出証明書.pdf');
  await ishii.look('lent');
  await Promise.all([ishii.page.waitForEvent('load'), ishii.page.locator('form[action$="/give-back"] button').click()]);
  await ishii.said('受け付けずに戻しました');
  await ishii.page.fill('[name=code]', code);
  await ishii.press('続きを開く');
  await ishii.page.getByText('その番号では開けません').waitFor();
  // He has it as it was, lends it once more, and now it is filed with its file.
  await kenji.go('/my');
  await Promise.all([kenji.page.waitForEvent('load'), kenji.page.getByRole('link', { name: '続きを入力する' }).first().click()]);
  await kenji.go(new URL(kenji.page.url()).pathname.replace(/\/check$/, '/way'));
  assert.equal(await kenji.page.locator('#f-identity_document [data-kept] li').count(), 1, 'with its file');
  await kenji.submit('番号を出す');
  const again = (await kenji.page.locator('.receipt .number').innerText()).trim();
  await take(ishii, again, '転出証明書.pdf');
  await ishii.press('受け付ける');
  await ishii.said('受け付けました');
  for (let tries = 0; !(await ishii.page.locator('.shots a[href*="/attached/"]').count()); tries += 1) {
    assert.ok(tries < 100, 'the attachment arrives');
    await new Promise((next) => setTimeout(next, 100));
    await ishii.page.reload();
  }
  kenji.calm();
  ishii.calm();
  await kenji.leave();
  await ishii.leave();
});

test('who types wrong codes waits, and is told nothing of which there are', async () => {
  const goto = await staff(town, 'goto', { name: 'counter-guesses' });
  await goto.page.goto('/desk/paper');
  const { csrf } = await goto.held();
  const type = async (code) => {
    const answer = await goto.context.request.post(`${town.url}/desk/paper`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url }, data: new URLSearchParams({ csrf, code }).toString(),
    });
    return [answer.status(), (await answer.text()).match(/その番号では開けません|しばらく開けません/)?.[0]];
  };
  assert.deepEqual(await type('K7P4-M29A-CDEF'), [422, 'その番号では開けません'], 'a slip costs no try');
  const symbols = '23456789ACDEFGHJKLMNPQRTUVWXY';
  // Eleven symbols of our own and the check that fits: no slip, a guess.
  const guess = (at) => {
    const drawn = [...'2222222222'].concat(symbols[at]);
    const sum = drawn.reduce((sum, symbol, place) => sum + (place + 1) * symbols.indexOf(symbol), 0);
    return drawn.join('') + symbols[sum % 29];
  };
  for (let tries = 0; tries < 20; tries += 1) assert.deepEqual(await type(guess(tries)), [422, 'その番号では開けません']);
  assert.deepEqual(await type(guess(21)), [422, 'しばらく開けません']);
  await goto.leave();
});
