# 一斉受付・選考（職員の面）。

desk-rounds-title = 一斉受付・選考
desk-rounds-none = 一斉受付はありません
desk-rounds-none-help = まちのフォルダの rounds/ に書くと、ここに出ます。
desk-rounds-column-round = 一斉受付
desk-rounds-column-stage = 段階
desk-rounds-column-closes = 締切り
desk-rounds-column-announce = 公表
desk-rounds-column-rank = 順位
desk-rounds-column-child = お子さん・申込者
desk-rounds-column-class = クラス
desk-rounds-column-first-wish = 第1希望
desk-rounds-column-result = 割当て
desk-rounds-column-case = 案件
desk-rounds-column-facility = 施設
desk-rounds-column-counts = 数えるか
desk-rounds-column-now = いま
desk-rounds-column-instead = 変えると

desk-rounds-stage-before = 受付前
desk-rounds-stage-before-help = 受付はまだ始まっていません。
desk-rounds-stage-open = 受付中
desk-rounds-stage-open-help = 締切りのあとに、採点できます。
desk-rounds-stage-closed = 締切り済み
desk-rounds-stage-closed-help = 届いた申請を採点してください。補正待ちの案件も採点されます。
desk-rounds-stage-scored = 採点済み
desk-rounds-stage-scored-help = 点を確かめ、割り当ててください。
desk-rounds-stage-allocated = 割当て済み
desk-rounds-stage-allocated-help = 割り当てた職員とは別の、決裁する職員が確認します。
desk-rounds-stage-reviewed = 確認済み
desk-rounds-stage-reviewed-help = この割当てのとおり、まとめて起案します。住民には結果は見えません。
desk-rounds-stage-decided = 起案済み
desk-rounds-stage-decided-help = 公表の日に、まとめて決裁します。それまで住民には結果は見えません。
desk-rounds-stage-announced = 公表済み
desk-rounds-stage-announced-help = 結果・通知書・お知らせが住民に届きました。

desk-rounds-fate-scored = 採点済み
desk-rounds-fate-proposed = 起案済み
desk-rounds-fate-announced = 公表済み
desk-rounds-fate-by_hand = 一件ずつ

desk-rounds-fact-cases = 案件／人数
desk-rounds-fact-seats = 募集の人数
desk-rounds-fact-placed = 割り当てた人数
desk-rounds-fact-seed = 抽選の種（公開してよい）

desk-rounds-do-score = 採点する
desk-rounds-do-allocate = 割り当てる
desk-rounds-do-review = 確認した（この割当てに決める）
desk-rounds-do-propose = まとめて起案する
desk-rounds-do-announce = まとめて決裁し、公表する
desk-rounds-do-agree = 補正を確かめた
desk-rounds-seed = 抽選の種（公開抽選で決めたとき）
desk-rounds-seed-help = 書かなければ、ここで引きます。16進数32桁です。一度決まると、変えられません。
desk-rounds-left = { $all } 件のうち、残り { $left } 件。
desk-rounds-wait-for-day = { $at } から公表できます。それまで、住民には何も見えません。

desk-rounds-done-score = 採点しました。
desk-rounds-done-allocate = 割り当てました。別の職員の確認を待ちます。
desk-rounds-done-agree = 補正を確かめました。割当ては、やり直してください。
desk-rounds-done-review = 確認しました。
desk-rounds-done-propose = 起案しました。残りがあれば、もう一度押してください。
desk-rounds-done-announce = 公表しました。残りがあれば、もう一度押してください。
desk-rounds-done-points = 補正を書きました。別の職員が確かめると、数えます。

desk-rounds-to-see = 見てほしい案件
desk-rounds-trouble-gone = 案件を開けません。担当が変わったか、取り下げられています。
desk-rounds-trouble-stage = 起案できる段階にありません（補正待ち・取下げ・差戻しなど）。
desk-rounds-trouble-no-decision = 割当てに当たる結論が定義にありません（きょうだいの一部だけなど）。一件ずつ決めてください。
desk-rounds-trouble-effects = 通知書か台帳が受け付けませんでした。案件を開いて、わけを見てください。
desk-rounds-trouble-chain = 決裁の順が、まだあなたに来ていません。
desk-rounds-no-class = 当たるクラスがない方がいます（年齢・学年）。
desk-rounds-given-up = きょうだいの組合せが重なり合って決まらず、一つを見送りました。必ず見てください。
desk-rounds-points-wait = 点の補正が、別の職員の確認を待っています

desk-rounds-list-title = 順位
desk-rounds-waits = 空き待ち
desk-rounds-runs = 割当ての記録
desk-rounds-run = 割当て { $run }
desk-rounds-run-placed = { $placed }人
desk-rounds-run-chosen = これに決める

desk-rounds-places-open = 枠のようす・人数を変えてみる
desk-rounds-places-title = 枠のようす
desk-rounds-places-help = 割り当てた人数／募集の人数。下は第1希望の人数です。
desk-rounds-first-wishes = 第1希望 { $count }
desk-rounds-what-if = 人数を変えてみる
desk-rounds-what-if-help = 変えたらどうなるかを見るだけです。何も記録されません。
desk-rounds-what-if-place = 枠
desk-rounds-what-if-capacity = 人数
desk-rounds-what-if-do = 見てみる
desk-rounds-differences = 変わる方
desk-rounds-differences-count = 入れる人数 { $now } → { $instead }。変わる方 { $others }人。
desk-rounds-differences-none = だれも変わりません。

desk-rounds-case-open = 案件 { $number } を開く
desk-rounds-wishes = 希望と割当て
desk-rounds-answers = 申請の内容
desk-rounds-counts = 数える
desk-rounds-beaten = 別の項目を数える
desk-rounds-unknown = 分からない（確かめる）
desk-rounds-points-title = 点の補正
desk-rounds-points-help = 書類で分かったことなど、答えだけでは付かない点を足し引きします。別の職員が確かめると数えます。
desk-rounds-points-by = 足す点（引くときは - を付ける）
desk-rounds-points-reason = わけ
desk-rounds-points-do = 補正を書く
desk-rounds-correction = { $child }：{ $points }点（{ $who }）
desk-rounds-correction-agreed = { $who } が確かめました。

desk-rounds-error-stage = いまの段階では できません。何も変わっていません。前のページに戻り、段階を確かめてください。
desk-rounds-error-too-soon = まだ その時刻になっていません。何も変わっていません。
desk-rounds-error-changed = ほかの職員が先に変えました。何も変わっていません。前のページを開きなおしてください。
desk-rounds-error-second-person = 同じ人では できません。別の職員がしてください。何も変わっていません。
desk-rounds-error-reason = わけと点（-200から200まで、0以外）、抽選の種（16進数32桁）を確かめてください。何も変わっていません。
