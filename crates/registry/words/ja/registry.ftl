# 住民を探す
registry-search-title = 住民を探す
registry-search-label = 氏名、フリガナ、生年月日、住所、電話番号、宛名番号
registry-search-example = 例：さとう 4050101
registry-search-button = 探す
registry-search-help = 空白で区切ると絞り込めます。生年月日は 4050101（平成5年1月1日）のように7桁でも探せます。探したことは記録されます。
registry-search-empty = 探す言葉を入力してください。
registry-search-too-long = 入力が長すぎます。100文字までにしてください。
registry-search-none = 見つかりません
registry-search-none-help = 別の読み方や、生年月日、住所でも探してみてください。閲覧の権限がない人は出ません。
registry-search-more = ほかにもいます。生年月日や住所を足して絞り込んでください。
registry-found = 見つかった人

# 住民
registry-name = 氏名
registry-kana = フリガナ
registry-kana-none = なし
registry-born = 生年月日
registry-born-age = { $born }（{ $age }歳）
registry-sex = 性別
registry-sex-male = 男
registry-sex-female = 女
registry-sex-not-stated = 記載なし
registry-address = 住所
registry-number = 宛名番号
registry-state = 状態
registry-state-resident = 在住
registry-state-moved-out = 転出
registry-state-dead = 死亡
registry-since = 異動日
registry-protected = 支援措置
registry-relation = 続柄
registry-relation-head = 世帯主
registry-relation-spouse = 配偶者
registry-relation-child = 子
registry-relation-parent = 父母
registry-phone = 電話番号
registry-phone-none = なし
registry-former-name = 旧氏
registry-alias = 通称
registry-looked = この画面を見たことは、閲覧記録に残ります。
registry-household = 世帯
registry-household-none = 世帯はありません。
registry-records = 台帳の記録
registry-records-none = 閲覧できる記録はありません。
registry-link-account = 利用者登録と結び付ける

# 支援措置の住所
registry-masked = 非表示
registry-masked-help = 支援措置のため、住所は表示していません。職務に必要なときだけ、理由を選んで表示してください。本人以外には、住所も、支援措置を受けていることも伝えないでください。
registry-unmask = 住所を表示する
registry-unmask-why = 表示する理由
registry-unmask-post = 本人に郵便を送る
registry-unmask-identity = 本人からの申出の本人確認
registry-unmask-authority = 法令に基づく関係機関への回答
registry-unmask-urgent = 生命や身体の安全のため急ぐ
registry-unmask-reason-due = 理由を選んでください。

# 台帳
registry-registers-title = 台帳
registry-registers-none = 閲覧できる台帳はありません
registry-registers-none-help = 台帳は、所管課の職員が閲覧できます。
registry-register-none = 有効な記録はありません
registry-register-none-help = 決定されると、ここに載ります。
registry-record-state = 記録の状態
registry-record-days = 期間
registry-days = { $from }から{ $until }まで
registry-days-open = { $from }から
registry-total-free = 空き
registry-total-used = 利用中
registry-history = 履歴
registry-history-help = いつの期間について、いつからいつまで、何を正しいとしていたか。新しい順です。
registry-history-known = 記録していた期間
registry-history-held = 有効な期間
registry-history-what = 内容
registry-history-why = 根拠
registry-why-decision = 決定
registry-why-correction = 訂正：{ $reason }
registry-why-load = 移行・取込み

# 訂正
registry-correct = 訂正する
registry-correct-title = { $register }の訂正
registry-correct-lead = 記録が誤っていたときに使います。事情が変わったときは、変更の手続で処理してください。訂正前の内容も履歴に残ります。
registry-correct-from = 訂正する期間の初日
registry-correct-until = 訂正する期間の末日（続くときは空欄）
registry-correct-reason = 訂正の理由
registry-correct-do = 訂正する
registry-correct-leave = やめる
registry-refused-taken = 同じ内容の有効な記録がほかにあります。その記録を先に確かめてください。何も変わっていません。
registry-refused-full = 空きがありません。定員か、ほかの記録を先に確かめてください。何も変わっていません。
registry-refused-changed = 画面を開いたあとに、ほかの人がこの記録を変えました。開き直して、内容を確かめてください。何も変わっていません。
registry-refused-days = 期間の末日が初日より前です。直してください。
registry-refused-reason = 訂正の理由を書いてください。
registry-refused-nothing = 変わるところがありません。訂正する期間と内容を確かめてください。
registry-refused-other = 台帳の定義に合わない内容です。システム管理者に相談してください。何も変わっていません。
