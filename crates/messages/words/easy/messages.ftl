messages-mail-subject = 【{ $town }】おしらせが とどいています
messages-mail-body =
    { $town }から おしらせが あります。
    下（した）の ページで 読（よ）んで ください。

    { $link }

    この メールに 返事（へんじ）は できません。
    わからないときや こまったときは 電話（でんわ）して ください。
    { $town } { $phone }
messages-code-subject = 【{ $town }】確認（かくにん）コード
messages-code-body =
    { $town }の ページに 入（はい）る ための コードです。

    { $code }

    この 番号（ばんごう）を ページに 書（か）いて ください。10分（ぷん）だけ 使（つか）えます。
    だれにも 教（おし）えないで ください。市役所（しやくしょ）の 人（ひと）も 聞（き）きません。
    知（し）らないときは、なにも しなくて いいです。
    { $town } { $phone }

messages-notices-title = おしらせ
messages-my-page = マイページ
messages-notices-none = おしらせは ありません
messages-notices-lead = 市役所《しやくしょ》からの おしらせです。新《あたら》しい ものが 上《うえ》です。
messages-notices-empty = 手続《てつづ》きが すすむと、ここに とどきます。
messages-notices-unread = まだ 読《よ》んでいません
messages-notices-unread-count = まだ 読《よ》んでいない おしらせが { $count } つ あります。
messages-notices-open = 読《よ》む
messages-notices-read-all = ぜんぶ 読《よ》みました
messages-notices-read-all-done = ぜんぶ 「読《よ》みました」に しました。
messages-notices-older = 前《まえ》の おしらせ
messages-notices-gone = この おしらせは ありません。

messages-notice-received = 「{ $procedure }」を 受《う》け取《と》りました。番号《ばんごう》は { $number } です。
messages-notice-correction = 「{ $procedure }」に 直《なお》して ほしい ところが あります。{ $until }までに 直《なお》して ください。
messages-notice-decided = 「{ $procedure }」が 決《き》まりました。
messages-notice-letter = 「{ $procedure }」の 手紙《てがみ》が とどいています。
messages-notice-wrote = 「{ $procedure }」の 係《かかり》の 人《ひと》が あなたに 書《か》きました。
messages-notice-delayed = 「{ $procedure }」が 決《き》まる 日《ひ》が { $until }に 変《か》わりました。
messages-notice-fee = 「{ $procedure }」の お金《かね》（手数料《てすうりょう》）が 変《か》わりました。
messages-notice-step = 「{ $procedure }」が 次《つぎ》に 進《すす》みました。
messages-notice-withdrawn = 「{ $procedure }」を やめました。

messages-fate-queued = おしらせの メールは 順番《じゅんばん》を 待《ま》っています。することは ありません。
messages-fate-handed-over = おしらせの メールを 送《おく》りました。することは ありません。
messages-fate-trying-again = おしらせの メールが まだ 送《おく》れません。{ $next } に もう一度《いちど》 送《おく》ります。待《ま》ってください。
messages-fate-refused =
    { $why ->
        [no-such-address] メールアドレスが ありません。おしらせが とどきません。
        [full] 相手《あいて》の メールが いっぱいです。おしらせが とどきません。
        [blocked] 相手《あいて》の 設定《せってい》で 断《ことわ》られました。おしらせが とどきません。
        [bad-address] メールアドレスが まちがっています。おしらせが 送《おく》れません。
       *[other] おしらせの メールが 断《ことわ》られました。
    }{ $instead ->
        [phone] 電話《でんわ》して ください。
        [post] 手紙《てがみ》を 送《おく》って ください。
       *[nothing] ほかの 連絡先《れんらくさき》が ありません。本人《ほんにん》が 来《き》たら 伝《つた》えて ください。
    }
messages-fate-given-up =
    2日《ふつか》 送《おく》りましたが、メールを 渡《わた》せませんでした。{ $instead ->
        [phone] 電話《でんわ》して ください。
        [post] 手紙《てがみ》を 送《おく》って ください。
       *[nothing] ほかの 連絡先《れんらくさき》が ありません。本人《ほんにん》が 来《き》たら 伝《つた》えて ください。
    }
messages-fate-unsure =
    メールが とどいたか わかりません。もう一度《いちど》は 送《おく》りません。{ $instead ->
        [phone] 急《いそ》ぐときは 電話《でんわ》して ください。
        [post] 急《いそ》ぐときは 手紙《てがみ》を 送《おく》って ください。
       *[nothing] 同《おな》じ ことが マイページに あります。
    }
messages-fate-call = メールアドレスが ありません。電話《でんわ》して ください。
messages-fate-post = 住所《じゅうしょ》だけ わかります。手紙《てがみ》を 送《おく》って ください。
messages-fate-unreachable = 連絡先《れんらくさき》が ありません。本人《ほんにん》が 来《き》たら 伝《つた》えて ください。
messages-fate-unread-call = おしらせが 読《よ》まれませんでした。電話《でんわ》して ください。
messages-fate-unread-post = おしらせが 読《よ》まれませんでした。手紙《てがみ》を 送《おく》って ください。
