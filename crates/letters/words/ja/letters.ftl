# 文書の確認。文書の中身については、何も書かない。
letters-verify-title = 文書の確認
letters-verify-lead = お手元の文書を、この役所が発行したかどうかを確かめられます。文書の右下にある確認コードを入力してください。
letters-verify-code = 確認コード（20文字。ハイフンはなくてもかまいません）
letters-verify-ask = 確かめる
letters-verify-issued = この文書は、この役所が発行したものです。
letters-verify-voided = この文書は、この役所が発行しましたが、{ $date }に取り消されました。
letters-verify-unknown = この確認コードの文書は、この役所の発行の記録にありません。
letters-verify-number = 文書番号
letters-verify-date = 文書の日付
letters-verify-sender = 発行者
letters-verify-compare = お手元の文書の番号と日付が、上と同じか見比べてください。違うときや、おかしいと思うときは、文書にある電話番号ではなく、このページの下にある役所の代表電話にお問い合わせください。
letters-verify-doubt = 打ち間違いがないか確かめてください。間違いがないのに見つからないときは、文書にある電話番号にはかけずに、このページの下にある役所の代表電話にお問い合わせください。
