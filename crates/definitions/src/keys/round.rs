//! Keys of a round.

use super::{Form, Shape::*, may, must, procedure::form};

/// 一斉受付.
pub static ROUND: Form = form(
    "round",
    "一斉受付：締め切って、点を付け、希望順に割り当て、同じ日に公表する",
    &[&[
        must("round", Id, "一斉受付の id（英小文字と _）"),
        must("title", Words, "名"),
        must("procedure", Id, "どの手続の申請か"),
        may("only", Condition, "その手続の申請のうち、どれか"),
        must("opens", Moment, "いつから受け付けるか（日本時間）"),
        must("closes", Moment, "いつ締め切るか"),
        must("announce", Moment, "いつ公表するか。それまで住民には見えない"),
        must("offer", Period, "繰上げの申出に、いつまでに答えてもらうか"),
        may("declined", OneOf(&["keeps", "leaves"]), "断った方：ほかの施設の順位は残る（既定）・名簿から外れる"),
        may("silent", OneOf(&["declines", "stays"]), "期限までに答えない方：断ったのと同じ（既定）・ほかの施設の順位は残る"),
        may("publish", OneOf(&["seed", "numbers"]), "だれでも見られるもの：抽選の種だけ（既定）・受付番号を抽選の順に並べたものも"),
        may("children", Id, "お子さんを並べる質問（くり返し）。なければ申請者ひとり"),
        must("wishes", Id, "希望順を答える質問"),
        may("siblings", Form(&SIBLINGS), "きょうだいの入り方"),
        must("places", Form(&PLACES), "枠"),
        may("points", Map(&Form(&POINTS)), "指数表"),
        may("ties", Map(&Form(&TIE)), "同じ指数のときの順。あとは抽選"),
        may("draws", Condition, "抽選の回数（優遇。いちばんよい一回を使う）"),
        must("decisions", Map(&Form(&DECISION)), "割当てから結論へ。はじめに成り立つもの"),
        may("examples", Map(&Form(&ROUND_EXAMPLE)), "例：答えから指数へ"),
    ]],
);

static SIBLINGS: Form = form(
    "round_siblings",
    "きょうだいの入り方",
    &[&[
        must("field", Id, "きょうだいの入り方を答える質問"),
        may("same", List(&Id), "同じ施設に同時、にあたる答え"),
        may("same_time", List(&Id), "同時なら別の施設でもよい、にあたる答え"),
        may("any", List(&Id), "一人でもよい、にあたる答え"),
    ]],
);

static PLACES: Form = form(
    "round_places",
    "枠",
    &[&[
        must("register", Id, "施設の台帳"),
        may("class", Condition, "クラスを決める数（年齢など）。クラスがなければ書かない"),
        must("classes", Map(&Form(&CLASS)), "クラスと、その枠の数を書いた台帳の欄"),
    ]],
);

static CLASS: Form = form(
    "round_class",
    "クラス",
    &[&[may("is", Number, "class がこの数のとき"), must("label", Words, "名（0歳児など）"), must("column", Id, "枠の数を書いた台帳の欄")]],
);

static POINTS: Form = form(
    "round_points",
    "指数表",
    &[&[
        must("title", Words, "名（基準指数など）"),
        may("each", Id, "この質問（くり返し）の行ごとに付ける。行は it"),
        may("take", OneOf(&["sum", "least", "most"]), "行の点をどうするか：合計・低いほう・高いほう"),
        must("pick", OneOf(&["best", "all"]), "成り立つもののうち：いちばん高い一つ・すべて"),
        must("items", Map(&Form(&ITEM)), "項目"),
    ]],
);

static ITEM: Form = form(
    "round_item",
    "指数の項目",
    &[&[must("when", Condition, "どんなとき"), must("label", Words, "住民が読む名"), must("points", Number, "点。引くときは負の数")]],
);

static TIE: Form = form(
    "round_tie",
    "同じ指数のときの順",
    &[&[
        must("label", Words, "住民が読む名"),
        may("more", Condition, "大きいほうが先の数"),
        may("less", Condition, "小さいほうが先の数"),
        may("holds", Condition, "成り立つほうが先"),
        may("points", Id, "この指数表の点が高いほうが先"),
    ]],
);

static DECISION: Form = form(
    "round_decision",
    "割当てから結論へ",
    &[&[
        must(
            "when",
            Condition,
            "placed（入れた施設を、お子さんの順に）・asked（申し込んだ人数）・waiting（第1希望で待つ順番。待たなければ 0）で",
        ),
        must("outcome", Id, "手続の結論"),
        may("answers", Map(&Condition), "結論の ask: に入れるもの"),
        may("reason", Line, "理由（結論が求めるとき、通知書に載る）"),
    ]],
);

static ROUND_EXAMPLE: Form = form(
    "round_example",
    "例",
    &[&[
        must("of", Id, "手続のどの例の答えか"),
        must("points", Number, "一人目の、第一希望での指数"),
        may("counts", List(&Line), "数える項目（指数表.項目。くり返しの二行めからは 指数表.項目.2）"),
    ]],
);
