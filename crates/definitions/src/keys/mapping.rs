//! Keys of mappings (対応表) to and from systems behind and other e-application services.

use super::{
    Form, Key,
    Shape::{self, *},
    may, must,
};
use crate::mapping::{As, CaseAttribute, Direction, Encoding, FindBy, Format, Formulas, Lacking, LineEnd, Quote, Separator, SourceKind};

const fn form(name: &'static str, says: &'static str, keys: &'static [&'static [Key]]) -> Form {
    Form { name, says, keys, others: None }
}

/// The words of `direction:`.
pub(crate) const DIRECTIONS: &[(&str, Direction)] = &[("out", Direction::Out), ("in", Direction::In), ("intake", Direction::Intake)];
const DIRECTION_WORDS: &[&str] = &["out", "in", "intake"];

/// 対応表.
pub static MAPPING: Form = form(
    "mapping",
    "対応表：mappings/<id>.yaml",
    &[&[
        must("mapping", Id, "対応表の id"),
        must("title", Words, "職員に見せる名（児童手当 → 基幹システム）"),
        must(
            "direction",
            OneOf(DIRECTION_WORDS),
            "向き：out（決まった案件を渡す）・in（結果や一覧を受け取る）・intake（ほかの電子申請の申請を受け取る）",
        ),
        may("procedure", Id, "どの手続の案件か"),
        may("outcomes", List(&Id), "渡す結論。書かなければ、すべて"),
        may("rows", Id, "くりかえし（group）の質問。その一つずつが一行になる"),
        must("file", Shape::Form(&FILE), "ファイルの形"),
        must("columns", Map(&COLUMN_SHAPE), "列を、その順に"),
        may("find", Shape::Form(&FIND), "in：行がどの案件のことか"),
        may("do", Shape::Form(&DO), "in：行で何をするか"),
        may("source", Shape::Form(&SOURCE), "intake：どこの電子申請か"),
        may("examples", Map(&EXAMPLE_SHAPE), "例：答え → 行、行 → すること"),
    ]],
);

static FILE: Form = form(
    "mapping_file",
    "ファイルの形",
    &[&[
        must("format", OneOf(Format::WORDS), "csv・xlsx・json"),
        may("encoding", OneOf(Encoding::WORDS), "文字コード（csv）：utf8・utf8_bom・cp932（Windows の Shift_JIS）"),
        may("line_end", OneOf(LineEnd::WORDS), "改行（csv）：crlf・lf"),
        may("quote", OneOf(Quote::WORDS), "引用符（csv）：needed・always"),
        may("separator", OneOf(Separator::WORDS), "区切り（csv）：comma・tab"),
        may("header", YesNo, "一行目に列の名があるか"),
        may("sheet", Line, "シートの名（xlsx）"),
        may("lacking", OneOf(Lacking::WORDS), "文字コードにない文字：stop（その案件を渡さずに知らせる）・geta（〓にして知らせる）"),
        may("formulas", OneOf(Formulas::WORDS), "式に見える文字（= + - @）：guard（' を前に置く）・keep（そのまま。機械だけが読むとき）"),
    ]],
);

const COLUMN_SHAPE: Shape = Shape::Form(&COLUMN);
static COLUMN: Form = form(
    "mapping_column",
    "列",
    &[&[
        must("header", Line, "列の名（ファイルの一行目、JSON のキー）"),
        may("answer", Line, "質問の id。部分は `.` で：address.line・account.branch・children.child.born"),
        may("outcome", Line, "結論で職員が書いたもの（outcomes: の ask:）"),
        may("noted", Line, "仕事で職員が書いたもの（steps: の ask:）"),
        may("case", OneOf(CaseAttribute::WORDS), "案件そのもののこと"),
        may("constant", Line, "いつも同じ値"),
        may("value", Condition, "式：質問・case・outcome・it（くりかえしの一つ）"),
        may("blank", YesNo, "yes：いつも空の列"),
        may("source_number", YesNo, "yes：intake の受付番号"),
        may("source_moment", YesNo, "yes：intake の申請の日時"),
        may("files", Line, "intake：添付ファイルの名。どの質問のものか"),
        may("as", OneOf(As::WORDS), "書き方"),
        may("zero_pad", Number, "左に 0 を足して何文字にするか"),
        may("codes", Map(&Line), "選択肢の id（はい・いいえは yes・no）→ 相手のコード"),
        may("empty", Line, "何もないときに書く値"),
        may("at_most", Number, "何文字まで。長いものは切らずに知らせる"),
        may("required", YesNo, "空なら、渡さずに知らせる"),
    ]],
);

static FIND: Form = form(
    "mapping_find",
    "案件の見つけ方",
    &[&[
        must("by", OneOf(FindBy::WORDS), "何で：number（受付番号）・receipt_number（収受番号）"),
        must("column", Id, "どの列に書いてあるか"),
    ]],
);

static DO: Form = form(
    "mapping_do",
    "行ですること",
    &[&[
        may("step", Shape::Form(&STEP), "仕事を終える"),
        may("note", Line, "案件に書くメモ。{列} に列の値が入る"),
        may("write", Line, "本人への連絡。{列} に列の値が入る"),
        may("record", Shape::Form(&RECORD), "台帳の記録"),
    ]],
);

static STEP: Form =
    form("mapping_step", "終える仕事", &[&[must("step", Id, "どの仕事か"), may("ask", Map(&Id), "仕事の ask: の質問 → 列")]]);

static RECORD: Form = form(
    "mapping_record",
    "台帳の記録",
    &[&[
        must("register", Id, "台帳（key: のあるもの）"),
        must("values", Map(&Id), "台帳の欄 → 列"),
        may("state", Id, "記録の状態"),
        may("from", Id, "いつからかの列。書かなければ、取り込んだ日"),
    ]],
);

static SOURCE: Form = form(
    "mapping_source",
    "電子申請の出どころ",
    &[&[
        must("kind", OneOf(SourceKind::WORDS), "national_portal（ぴったりサービス）・other_service（ほかの電子申請）"),
        must("name", Words, "サービスの名"),
        may("status", Shape::Form(&STATUS), "処理状況として返す言葉"),
    ]],
);

static STATUS: Form = form(
    "mapping_status",
    "処理状況",
    &[&[
        may("received", Line, "受け付けた"),
        may("correcting", Line, "補正を求めた"),
        may("decided", Line, "決まった"),
        may("withdrawn", Line, "取り下げられた"),
    ]],
);

const EXAMPLE_SHAPE: Shape = Shape::Form(&MAPPING_EXAMPLE);
/// An example of a mapping.
pub static MAPPING_EXAMPLE: Form = form(
    "mapping_example",
    "対応表の例",
    &[&[
        may("on", Day, "申請した日"),
        may("answers", Anything, "答え"),
        may("case", Map(&Line), "案件のこと：number・receipt_number・decided_on・outcome・resident_number など"),
        may("outcome", Anything, "結論で職員が書いたもの"),
        may("noted", Anything, "仕事で職員が書いたもの"),
        may("lines", List(&Anything), "out：できる行。列 → 文（書いた列だけをくらべる）"),
        may("wrong", List(&Id), "渡せない・読めない列"),
        may("line", Anything, "in・intake：読む行。列 → 文"),
        may("gives", Anything, "in：すること。find・note・write・ask・values"),
    ]],
);
