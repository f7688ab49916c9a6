# 選考の結果（住民の面）。

rounds-result-open = 選考の結果と点数を見る
rounds-result-title = 選考の結果
rounds-result-back = 申請の状況
rounds-result-placed = 決まりました
rounds-result-waiting = 空きを待っています
rounds-result-none = 今回は、希望したところに入れませんでした。空きが出たときは、順位の順にご連絡します。
rounds-result-own-only = ここに出ているのは、あなたの申込みのことだけです。ほかの方の点数や結果は出ません。
rounds-result-at = { $day }に公表しました。
rounds-points = 点数
rounds-points-value = { $points }点
rounds-how-title = 点数の内訳
rounds-how-item = 項目
rounds-how-row = { $row }人目
rounds-how-added = 職員が確かめて直した点
rounds-how-total = 合計
rounds-wishes-title = 希望したところ
rounds-rank = いま { $rank }番目に待っています。
rounds-why-no-class = この年齢のクラスの募集がありません。
rounds-why-full-from = 定員まで、順位の高い方に決まりました（{ $taken }人、最後の方は { $lowest }点）。
rounds-why-full = 定員まで、順位の高い方に決まりました。
rounds-why-sibling = お子さん一人の枠はありましたが、きょうだいがいっしょに入れる枠がありませんでした。
rounds-why-given-up = きょうだいがいっしょに入る組合せが ほかのご家庭と重なり合って決まらないため、この組合せは見送りました。くわしくは担当課におたずねください。
rounds-why-got = ここに決まりました。
rounds-why-dearer = 希望順が上のところに決まりました。
