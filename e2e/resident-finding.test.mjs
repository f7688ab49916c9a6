// 手続をさがす: by everyday words in kana and kanji, by what happened in life, by department; and what is said when nothing fits.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { BOTH, fill } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 10 }); });
after(async () => { await closeBrowser(); await town.close(); });

const cards = (someone) => someone.page.locator('main a.card b').allInnerTexts();

async function search(someone, words) {
  await fill(someone, { q: words });
  await someone.submit('さがす');
  return cards(someone);
}

for (const scripts of [true, false]) {
  test(`by everyday words, in kana and kanji, ${scripts ? 'with scripts' : 'without scripts'}`, async () => {
    const taro = await person(town, { name: `finding-${scripts ? 'words' : 'plain'}`, scripts, alsoAt: scripts ? BOTH : [] });
    await taro.go('/');
    const rows = [
      ['学童', '放課後児童会の入会'], ['がくどう', '放課後児童会の入会'], ['ガクドウ', '放課後児童会の入会'], ['学童をやめたい', '放課後児童会の退会'],
      ['水道とめたい', '水道の使用中止'], ['すいどうをとめたい', '水道の使用中止'], ['住民票', '住民票の写し'], ['じゅうみんひょう', '住民票の写し'],
      ['犬が死んだ', '犬の登録事項の変更'],
    ];
    for (const [words, first] of rows) {
      const found = await search(taro, words);
      assert.ok(found[0]?.startsWith(first), `${words}: ${found}`);
      if (words === '水道とめたい') await taro.look('found');
    }
    const moving = await search(taro, 'ひっこし');
    for (const meant of ['水道の使用開始', '水道の使用中止']) assert.ok(moving.some((title) => title.startsWith(meant)), `${meant} in ${moving}`);
    await taro.look('moving');
    // From the list to the guide.
    await taro.page.getByRole('link', { name: /水道の使用中止/ }).first().click();
    await taro.page.waitForURL(/\/procedures\/water_stop$/);
    taro.calm();
    await taro.leave();
  });
}

test('nothing found says so and leads to a person, in three languages', async () => {
  for (const [language, said] of [['ja', /見つかりませんでした[^]*お聞きください/], ['easy', /聞|き/], ['en', /ask .*phone 0000-00-0000/]]) {
    const lan = await person(town, { name: `finding-none-${language}` });
    await lan.go(`/procedures?q=${encodeURIComponent('宇宙旅行')}&lang=${language}`);
    assert.deepEqual(await cards(lan), []);
    const none = await lan.page.locator('.empty').innerText();
    assert.match(none, said);
    assert.match(none, /0000-00-0000/, 'the number stands where nothing was found, not only at the foot');
    assert.ok((await lan.page.locator('.departments a').count()) > 5, 'and everything there is can be chosen');
    await lan.look('nothing');
    lan.calm();
    await lan.leave();
  }
});

test('by what happened in life and by department', async () => {
  const hanako = await person(town, { name: 'finding-event', alsoAt: BOTH });
  await hanako.go('/');
  await hanako.look('front');
  await hanako.page.getByRole('link', { name: /引っ越していく/ }).click();
  await hanako.page.waitForURL(/event=moving_out/);
  const moving = await cards(hanako);
  for (const meant of ['水道の使用中止', '放課後児童会の退会']) assert.ok(moving.some((title) => title.startsWith(meant)), `${meant} in ${moving}`);
  assert.ok(!moving.some((title) => title.startsWith('放課後児童会の入会')));
  assert.match(await hanako.page.locator('h1').innerText(), /引っ越していく/);
  await hanako.look('moving-out');

  await hanako.go('/');
  await hanako.page.getByRole('link', { name: '子育て支援課' }).click();
  await hanako.page.waitForURL(/department=childcare/);
  const children = await cards(hanako);
  assert.ok(children.some((title) => title.startsWith('放課後児童会の入会')) && !children.some((title) => title.startsWith('水道')), `${children}`);
  assert.match(await hanako.page.locator('main').innerText(), /子育て支援課（電話 0000-00-0011）/, 'the department itself answers');
  await hanako.look('department');
  // What does not exist (any more) shows everything rather than nothing.
  await hanako.go('/procedures?event=war&department=navy');
  assert.ok((await cards(hanako)).length > 10);
  hanako.calm();
  await hanako.leave();
});
