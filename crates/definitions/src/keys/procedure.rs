//! Keys of a procedure.

use super::{Form, Key, Shape::*, field::SENSITIVITY, may, must, todays};

pub(super) const fn form(name: &'static str, says: &'static str, keys: &'static [&'static [Key]]) -> Form {
    Form { name, says, keys, others: None }
}

/// 手続.
pub static PROCEDURE: Form = form(
    "procedure",
    "手続：一つのファイルが、画面・窓口の用紙・職員の画面・文書のもとになる",
    &[&[
        must("procedure", Id, "手続の id（英小文字と _）"),
        may("like", Id, "土台にする同じまちの手続。違うところだけを書く"),
        must("title", Words, "手続名"),
        must("summary", Words, "何のための手続か、一文で"),
        todays(may("words", List(&Line), "ふだんの言葉（住民が探すときの言い方）")),
        may("needless", Words, "申請しなくてよい場合。用紙の前に伝える"),
        may("needs", Map(&Words), "用意するもの"),
        todays(must("department", Id, "所管課")),
        todays(may("branches", Form(&BRANCHES), "区役所・支所：答えによって、どの課が受け付けるか")),
        must("authority", Id, "処分庁（だれの名で決めるか）"),
        todays(may("life_events", List(&Id), "ライフイベント")),
        must("law", Form(&LAW), "根拠と期限"),
        must("channels", Form(&CHANNELS), "どの方法でできるか。できない方法には理由を書く"),
        must("applicant", Form(&APPLICANT), "だれが申請するか"),
        todays(must("minutes", Number, "記入にかかる分数")),
        must("keep", FiscalYears, "保存期間"),
        may("fee", Form(&FEE), "手数料（なければ無料）"),
        todays(may("classification", Line, "分類記号")),
        todays(may("inventory", List(&InventoryId), "国の行政手続等の棚卸調査の、どの手続に当たるか（手続ID）")),
        must("pages", Map(&Form(&PAGE)), "画面：一つの話題に一画面"),
        may("formal", Map(&Form(&RULE)), "形式要件：満たさなければ補正を求める"),
        may("merit", Map(&Form(&RULE)), "実体要件：伝えるが、申請は受ける"),
        must("steps", Map(&Form(&STEP)), "職員の仕事の順"),
        must("outcomes", Map(&Form(&OUTCOME)), "結論の種類"),
        todays(may("straight_through", Form(&STRAIGHT_THROUGH), "自動決定：人を待たずに決めてよいのは どんなときか")),
        may("drafts", Form(&DRAFTS), "書きかけの申請を、定義が変わったときどうするか"),
        todays(may("examples", Map(&Form(&EXAMPLE)), "例：試験であり、説明でもある")),
        todays(may("complete", YesNo, "yes なら、例のない規則・結論を誤りとする")),
    ]],
);

static STRAIGHT_THROUGH: Form = form(
    "straight_through",
    "自動決定",
    &[&[
        must("outcome", Id, "どの結論にするか（断る結論は書けない）"),
        must("criteria", Map(&Form(&CRITERION)), "すべて成り立つときだけ決める"),
        may("sample", Number, "あとで人が見る割合（百件のうち何件か）。その日の最初の一件は必ず見る"),
    ]],
);

static CRITERION: Form = form(
    "criterion",
    "自動決定の条件",
    &[&[
        must("title", Words, "条件の名（案件の経過に残る）"),
        must("holds", Condition, "成り立つべきこと。`registry.differs`・`case.warned` も使える"),
    ]],
);

static BRANCHES: Form = form(
    "branches",
    "区役所・支所",
    &[&[
        must("by", Id, "どの質問の答えで決まるか（一つを選ぶ質問）"),
        must("to", Map(&Id), "選んだもの → 課。書かないものは `department:` の課"),
        may("authorities", Map(&Id), "選んだもの → 処分庁（区長・福祉事務所長）。書かないものは `authority:`"),
    ]],
);

static LAW: Form = form(
    "law",
    "法のいうこと",
    &[&[
        must("basis", Words, "根拠法令"),
        may("standard_period", PeriodOrNone, "標準処理期間（補正の間は止まる）"),
        may("statutory_limit", PeriodOrNone, "法定期限"),
        may("extension", PeriodOrNamed, "延長できる期間。通知書がいつまでかを定めるときは named"),
        todays(may("extension_letter", Id, "延長の通知書（letters/ のひな形）")),
        todays(may("special_extension_letter", Id, "特例延長の通知書。書けば、特例延長ができる")),
        may("correction_excluded", YesNo, "補正の日数を法定期限に算入しないか"),
        must("disposition", YesNo, "処分か（理由の提示と教示が要る）"),
    ]],
);

static CHANNELS: Form = form(
    "channels",
    "申請の方法",
    &[&[
        must("online", YesWhyNotOrForm(&PREPARE), "オンライン。yes・できない理由・{ prepare: … }（準備だけ）"),
        must("counter", YesOrWhyNot, "窓口"),
        must("paper", YesOrWhyNot, "郵送・紙"),
        must("line", YesOrWhyNot, "LINE"),
    ]],
);

static PREPARE: Form = form(
    "prepare",
    "オンラインで準備し、窓口で済ませる",
    &[&[must("prepare", Words, "住民が読む一文：ここで準備し、窓口で何をすれば済むか")]],
);

static APPLICANT: Form = form(
    "applicant",
    "申請者",
    &[&[
        must("who", Words, "だれができるか"),
        may("acts_for", Id, "だれのための申請か（その人を答える質問）"),
        may("relation", OneOf(&["own", "legal_guardian", "same_household", "main_earner", "delegate"]), "その人との関係"),
        must("identity", OneOf(&["self_asserted", "letter", "seen", "signature"]), "本人確認の強さ"),
        must("session", OneOf(&["none", "contact", "passkey", "card"]), "ログインの強さ"),
        must("name", Id, "申請者の氏名を答える質問"),
        may("kana", Id, "フリガナを答える質問"),
        may("address", Id, "文書の送り先を答える質問"),
        may("mail", Id, "メールアドレスを答える質問"),
        may("phone", Id, "電話番号を答える質問"),
    ]],
);

static FEE: Form = form(
    "fee",
    "手数料",
    &[&[
        may("yen", Number, "決まった額（円）"),
        may("amount", Condition, "答えから計算する額（式、円）"),
        must("text", Words, "住民が読む説明"),
    ]],
);

static PAGE: Form = form(
    "page",
    "画面",
    &[&[
        must("title", Words, "見出し"),
        may("lead", Words, "見出しの下の説明"),
        may("when", Condition, "これが成り立つときだけ たずねる"),
        must("fields", Map(&Field), "質問"),
    ]],
);

static RULE: Form = form(
    "rule",
    "規則",
    &[&[
        must("holds", Condition, "成り立つべきこと"),
        must("say", Words, "成り立たないとき 本人が読む文"),
        may("at", Id, "どの質問のそばに出すか"),
        may("instead", Id, "こちらの手続のほうがよい"),
    ]],
);

static STEP: Form = form(
    "step",
    "職員の仕事",
    &[&[
        must("title", Words, "職員が呼ぶ名"),
        may("resident", Words, "その間 住民が読む文"),
        todays(must("role", OneOrList(&Id), "だれがするか。決裁なら決裁の順")),
        todays(may("consult", List(&Id), "合議する課")),
        may("due", Period, "この段の期限"),
        may("checks", Map(&Words), "確かめること"),
        may("act", OneOf(&["work", "propose", "decide"]), "work 作業（既定）・propose 起案・decide 決裁"),
        may("when", Condition, "これが成り立つときだけ たずねる"),
        may("ask", Map(&Field), "職員が書くこと"),
        todays(may("sole_decision", Map(&Condition), "専決：role → その職で終わる条件")),
        may("do", Map(&Verb), "順に行うこと"),
    ]],
);

static OUTCOME: Form = form(
    "outcome",
    "結論",
    &[&[
        must("title", Words, "職員が選ぶ名"),
        may("resident", Words, "住民が読む文（なければ title）"),
        must("sense", OneOf(&["granted", "partly", "refused", "neutral"]), "認める・一部・認めない・どちらでもない"),
        may("reason", OneOf(&["required", "optional"]), "理由を必ず書くか（refused・partly の処分は必ず）"),
        may("ask", Map(&Field), "職員が書くこと"),
        may("do", Map(&Verb), "順に行うこと"),
    ]],
);

static DRAFTS: Form = form(
    "drafts",
    "書きかけの申請",
    &[&[
        may("on_change", OneOf(&["keep"]), "そのまま続けてもらう（既定）"),
        may("ask_again", List(&Id), "これらの画面をもう一度たずねる"),
        may("close", Moment, "この時より後は受け付けない（日本時間）"),
    ]],
);

/// 例.
pub static EXAMPLE: Form = form(
    "example",
    "例",
    &[&[
        may("like", Id, "土台にする例。違うところだけを書く"),
        may("on", Day, "申請する日"),
        may("as", Id, "だれとして（examples/residents.yaml）"),
        may("answers", Anything, "質問の id → 答え"),
        may("decide", Form(&EXAMPLE_DECISION), "職員の結論"),
        must("gives", Form(&GIVES), "こうなるはず"),
    ]],
);

static EXAMPLE_DECISION: Form =
    form("example_decision", "例の結論", &[&[must("outcome", Id, "結論の id"), may("answers", Anything, "職員が書くこと")]]);

static GIVES: Form = form(
    "gives",
    "例の結果",
    &[&[
        may("accepted", YesNo, "申請を受けるか"),
        may("asks", List(&Line), "たずねられる質問"),
        may("skips", List(&Line), "たずねられない質問"),
        may("wrong", List(&Line), "直すよう言われる質問"),
        may("formal", List(&Id), "満たさない形式要件"),
        may("warned", List(&Id), "伝えられる実体要件"),
        may("at_desk", List(&Id), "まちの事実が手もとになく、窓口で確かめる実体要件"),
        may("later", List(&Line), "あとで出す書類"),
        may("due", Day, "お返事の期限"),
        may("fee", Number, "手数料（円）"),
        may("steps", List(&Id), "通る仕事"),
        may("letters", List(&Id), "出る文書"),
        may("told", List(&Id), "送られるお知らせ"),
        may("entered", Map(&Anything), "台帳に入る値：動詞の id → 欄 → 値"),
        may("sole_decision", Id, "専決で終わる職"),
    ]],
);

/// 権限.
pub static GRANT: Form = form(
    "grant",
    "権限：どれにも当たらないことは、できない",
    &[&[
        must("role", Id, "だれに"),
        may("department", Id, "この課の職員だけ"),
        must("may", List(&OneOf(crate::grant::Act::WORDS)), "何ができるか"),
        must("record", OneOf(crate::grant::RecordKind::WORDS), "どの種類の記録を"),
        must("scope", OneOf(crate::grant::Scope::WORDS), "どの範囲の"),
        may("sensitivity", SENSITIVITY, "情報の機微の段階（閲覧権限が見る）"),
        may("only_if", Condition, "記録（it）がこうであるときだけ"),
        may("until", Day, "いつまで"),
    ]],
);
