# 家の外へ出る言葉。何についてかは、決して書かない。
messages-mail-subject = 【{ $town }】お知らせが届いています
messages-mail-body =
    { $town }からのお知らせが届いています。
    内容は、次のページで確認してください。

    { $link }

    このメールは自動で送っています。返信はできません。
    心当たりがないときや、お困りのときは、お電話ください。
    { $town } { $phone }
messages-code-subject = 【{ $town }】確認コード
messages-code-body =
    { $town }の手続ページに入るための確認コードです。

    { $code }

    画面に入力してください。10分間だけ使えます。
    職員がこのコードを尋ねることはありません。だれにも教えないでください。
    心当たりがないときは、何もしなければ大丈夫です。
    { $town } { $phone }

# マイページのお知らせ
messages-notices-title = お知らせ
messages-my-page = マイページ
messages-notices-none = お知らせはありません
messages-notices-lead = 市役所からのお知らせです。新しい順に並んでいます。
messages-notices-empty = 手続が進むと、ここに届きます。
messages-notices-unread = 未読
messages-notices-unread-count = 未読が { $count } 件あります。
messages-notices-open = 内容を見る
messages-notices-read-all = すべて既読にする
messages-notices-read-all-done = すべて既読にしました。
messages-notices-older = 前のお知らせ
messages-notices-gone = このお知らせはありません。

# 案件ごとのお知らせ（手続名と受付番号はマイページの中だけで使う）
messages-notice-received = 「{ $procedure }」を受け付けました。受付番号は { $number } です。
messages-notice-correction = 「{ $procedure }」に、直していただきたいところがあります。{ $until }までに直してください。
messages-notice-decided = 「{ $procedure }」の結果が出ました。
messages-notice-letter = 「{ $procedure }」の通知書が届いています。
messages-notice-wrote = 「{ $procedure }」について、担当から連絡があります。
messages-notice-delayed = 「{ $procedure }」の結果をお知らせする日が { $until }に変わりました。
messages-notice-fee = 「{ $procedure }」の手数料が変わりました。
messages-notice-step = 「{ $procedure }」が次に進みました。
messages-notice-withdrawn = 「{ $procedure }」を取り下げました。

# メッセージのその後。どれも「次に何をするか」で終わる。
messages-fate-queued = お知らせのメールを送る順番を待っています。することはありません。
messages-fate-handed-over = お知らせのメールを渡しました。することはありません（読まれたかどうかは分かりません）。
messages-fate-trying-again = お知らせのメールをまだ渡せていません。{ $next } にもう一度送ります。それまで待ってください。
messages-fate-refused =
    { $why ->
        [no-such-address] メールアドレスが存在しないため、お知らせが届きません。
        [full] 受信箱がいっぱいのため、お知らせが届きません。
        [blocked] 相手の受信設定（指定受信など）で断られ、お知らせが届きません。
        [bad-address] メールアドレスの書き方に誤りがあり、お知らせを送れません。
       *[other] お知らせのメールが断られました。
    }{ $instead ->
        [phone] 電話で連絡し、正しいアドレスを聞いてください。
        [post] 住所あてに郵便で連絡してください。
       *[nothing] ほかの連絡先がありません。本人が状況を見に来たときか、窓口に来たときに伝えてください。
    }
messages-fate-given-up =
    2日間送り続けましたが、お知らせのメールを渡せませんでした。{ $instead ->
        [phone] 電話で連絡してください。
        [post] 住所あてに郵便で連絡してください。
       *[nothing] ほかの連絡先がありません。本人が状況を見に来たときか、窓口に来たときに伝えてください。
    }
messages-fate-unsure =
    お知らせのメールが届いたかどうか分かりません（渡している途中で切れました）。二重に送らないため、送り直しません。{ $instead ->
        [phone] 急ぎのときは電話で連絡してください。
        [post] 急ぎのときは郵便で連絡してください。
       *[nothing] 同じ内容はマイページに出ています。
    }
messages-fate-call = メールアドレスがありません。電話で連絡してください。
messages-fate-post = 連絡先は住所だけです。郵便で連絡してください。
messages-fate-unreachable = 連絡先がありません。本人が状況を見に来たときか、窓口に来たときに伝えてください。
messages-fate-unread-call = お知らせが期間のうちに読まれませんでした。電話で連絡してください。
messages-fate-unread-post = お知らせが期間のうちに読まれませんでした。郵便で連絡してください。
