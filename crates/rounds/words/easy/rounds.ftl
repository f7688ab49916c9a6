# 選考の結果（やさしい日本語）。

rounds-result-open = 決《き》まったことと 点を 見る
rounds-result-title = 決《き》まったこと
rounds-result-back = 申し込《もうしこ》みの ようす
rounds-result-placed = 決《き》まりました
rounds-result-waiting = 待っています
rounds-result-none = 今回《こんかい》は、入れませんでした。空《あ》いたら、順番《じゅんばん》に 連絡《れんらく》します。
rounds-result-own-only = ここには、あなたのことだけ 書いてあります。ほかの人のことは 出ません。
rounds-result-at = { $day }に 知らせました。
rounds-points = 点
rounds-points-value = { $points }点
rounds-how-title = どうして この点か
rounds-how-item = わけ
rounds-how-row = { $row }人目
rounds-how-added = 市役所の人が 直した点
rounds-how-total = ぜんぶで
rounds-wishes-title = 入りたいと 言ったところ
rounds-rank = いま { $rank }番目に 待っています。
rounds-why-no-class = この年の 子どものクラスが ありません。
rounds-why-full-from = 点の 多い人から 決まりました（{ $taken }人。最後の人は { $lowest }点）。
rounds-why-full = 点の 多い人から 決まりました。
rounds-why-sibling = 一人なら 入れましたが、きょうだいが いっしょに 入れませんでした。
rounds-why-given-up = きょうだいが いっしょに 入ることが できませんでした。くわしくは 市役所に 聞いてください。
rounds-why-got = ここに 決まりました。
rounds-why-dearer = もっと 入りたいところに 決まりました。
