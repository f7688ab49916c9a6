//! The boxes of each kind of question. One function a kind; the names of the inputs are those of the screen, so that what is read off the
//! paper is typed where a clerk would type it.

mod choice;

use definitions::field::{Field, Kind};

use crate::form::{FormBox, Laying, Piece, Question, Row, Shape, Words};

/// Letters that one writes by hand on a line of a full cell, small as people write on forms: 130 mm at some 4 mm a letter.
const LINE_LETTERS: usize = 32;
/// Up to so many letters a short answer stands on one line: a bound is set for the longest, and most are far below it.
const SHORT_LETTERS: usize = 60;
/// The most lines that are printed for a long answer; whoever needs more takes a sheet of their own.
const LINES_MAX: usize = 5;
/// Printed letters of a long answer that stand in one box; a longer one goes on in the next, so that no box goes over the end of a page.
const PRINTED_LETTERS: usize = 300;
/// The largest amount that has cells; a larger one is printed without.
const MONEY_MOST: i64 = 999_999_999;
/// The digits of a telephone number of Japan.
const PHONE_CELLS: usize = 11;

/// Fills in the rows of a question.
pub(crate) fn rows(form: &mut Laying<'_>, field: &Field, path: &str, question: &mut Question) {
    let mut boxes = Boxes { form, path, kind: field.kind.word() };
    question.rows = match &field.kind {
        Kind::Text { at_most, .. } => boxes.text(if *at_most as usize <= SHORT_LETTERS { 1 } else { 2 }, *at_most as usize),
        Kind::LongText { at_most } => {
            question.long = boxes.form.value(path).chars().count() > PRINTED_LETTERS;
            boxes.text((*at_most as usize).div_ceil(LINE_LETTERS).clamp(2, LINES_MAX), *at_most as usize)
        }
        Kind::Kana | Kind::PersonName | Kind::Mail => vec![boxes.space("", None, None)],
        Kind::Phone => boxes.phone(),
        Kind::Date => boxes.date("", first_era(field)),
        Kind::Number { at_most, unit, .. } => boxes.number(*at_most, unit.as_ref().map(|unit| boxes.form.words(unit).ja)),
        Kind::Decimal { unit, .. } => boxes.number(None, unit.as_ref().map(|unit| boxes.form.words(unit).ja)),
        Kind::Money => boxes.number(Some(MONEY_MOST), Some("円".to_owned())),
        Kind::Choice { options, .. } => choice::one(&mut boxes, options, question),
        Kind::Choices { options, at_most, .. } => choice::many(&mut boxes, options, *at_most, question),
        Kind::Ranked { options, at_most } => choice::ranked(&mut boxes, options, *at_most, question),
        Kind::YesNo => {
            let ticks =
                vec![boxes.tick("", "yes", boxes.say("はい", "はい", "Yes")), boxes.tick("", "no", boxes.say("いいえ", "いいえ", "No"))];
            vec![Row::Flow(ticks)]
        }
        Kind::Address => boxes.address(),
        // Nobody writes degrees by hand; a sketch goes on the back.
        Kind::Place => vec![boxes.space("words", Some("住所・目印"), None)],
        Kind::HouseholdMember { .. } => {
            let mut rows = vec![boxes.space("name", Some("氏名"), None)];
            rows.extend(boxes.date("born", TAISHO));
            rows
        }
        Kind::BankAccount => boxes.account(),
        Kind::IndividualNumber { .. } => boxes.individual_number(),
        Kind::Files { at_most, later_days } => boxes.files(*at_most, *later_days),
        Kind::Signature => boxes.signature(),
        Kind::Consent => {
            let agreed = boxes.say("同意します", "同意します（いいと 言います）", "I agree");
            vec![Row::Flow(vec![boxes.tick("", "yes", agreed)])]
        }
        // Notes are no questions; groups are laid out row by row.
        Kind::Note | Kind::Group { .. } => Vec::new(),
    };
}

/// The eras that are printed, the earliest first, with the words that the screen's list posts.
const ERAS: [(&str, &str); 5] = [("taisho", "大正"), ("showa", "昭和"), ("heisei", "平成"), ("reiwa", "令和"), ("western", "西暦")];
const TAISHO: usize = 0;
const HEISEI: usize = 2;
const REIWA: usize = 3;

/// The earliest era that is printed: people are born long ago, what is wished for lies ahead, everything else is of the last decades.
fn first_era(field: &Field) -> usize {
    let says = |words: &[&str]| words.iter().any(|word| field.label.ja.contains(word));
    if says(&["生年月日", "生まれ", "誕生"]) || field.id.as_str().contains("born") {
        TAISHO
    } else if says(&["始め", "希望", "予定", "住み", "引っ越", "利用", "使う日"]) {
        REIWA
    } else {
        HEISEI
    }
}

/// The boxes of one question.
pub(super) struct Boxes<'b, 'f> {
    pub form: &'b mut Laying<'f>,
    pub path: &'b str,
    pub kind: &'static str,
}

impl Boxes<'_, '_> {
    /// The name of an input: the question's own, or of a part of it.
    fn input(&self, part: &str) -> String {
        if part.is_empty() { self.path.to_owned() } else { format!("{}.{part}", self.path) }
    }

    fn value(&self, part: &str) -> String {
        self.form.value(&self.input(part))
    }

    fn new_box(&self, part: &str, shape: Shape) -> FormBox {
        FormBox {
            field: self.path.to_owned(),
            input: Some(self.input(part)),
            kind: self.kind,
            shape,
            option: None,
            cells: None,
            from: None,
            value: None,
        }
    }

    /// One of three wordings, as [`Words`].
    fn say(&self, ja: &str, easy: &str, en: &str) -> Words {
        let beside = match self.form.language {
            definitions::text::Language::Ja => None,
            definitions::text::Language::Easy => Some(easy),
            definitions::text::Language::En => Some(en),
        };
        Words { ja: ja.to_owned(), beside: beside.filter(|beside| *beside != ja).map(str::to_owned) }
    }

    /// A line to write on.
    fn space(&mut self, part: &str, label: Option<&str>, letters: Option<usize>) -> Row {
        let value = self.value(part);
        let at = self.form.add(self.new_box(part, Shape::Space));
        let letters = letters.filter(|letters| value.chars().count() <= *letters);
        Row::Space { label: label.map(str::to_owned), at, lines: 1, tall: false, letters, value, unit: None }
    }

    fn comb_from(&mut self, part: &str, from: Option<usize>, cells: usize, value: String) -> Piece {
        let at = self.form.add(FormBox { cells: Some(cells), from, ..self.new_box(part, Shape::Comb) });
        Piece::Comb { at, cells, value }
    }

    fn comb(&mut self, part: &str, cells: usize) -> Piece {
        let value = self.value(part);
        self.comb_from(part, None, cells, value)
    }

    /// Amounts and counts end in the last cell.
    fn comb_right(&mut self, part: &str, cells: usize) -> Piece {
        let value = self.value(part);
        let empty = if value.is_empty() { 0 } else { cells.saturating_sub(value.chars().count()) };
        self.comb_from(part, None, cells, format!("{}{value}", " ".repeat(empty)))
    }

    fn tick(&mut self, part: &str, option: &str, label: Words) -> Piece {
        let input = self.input(part);
        let ticked = self.form.typed().is_some_and(|typed| typed.all(&input).iter().any(|value| value == option));
        let at = self.form.add(FormBox { option: Some(option.to_owned()), ..self.new_box(part, Shape::Tick) });
        Piece::Tick { at, label, ticked, round: false }
    }

    fn text(&mut self, lines: usize, at_most: usize) -> Vec<Row> {
        let value = self.value("");
        let letters: Vec<char> = value.chars().collect();
        if letters.len() <= PRINTED_LETTERS {
            let at = self.form.add(self.new_box("", Shape::Space));
            let width = (at_most <= 12 && letters.len() <= at_most).then_some(at_most.max(4));
            return vec![Row::Space { label: None, at, lines, tall: false, letters: width, value, unit: None }];
        }
        let pieces = letters.chunks(PRINTED_LETTERS).enumerate();
        pieces
            .map(|(place, piece)| {
                let at = self.form.add(FormBox { from: Some(place * PRINTED_LETTERS), ..self.new_box("", Shape::Space) });
                Row::Space { label: None, at, lines: 1, tall: false, letters: None, value: piece.iter().collect(), unit: None }
            })
            .collect()
    }

    fn phone(&mut self) -> Vec<Row> {
        let value = self.value("");
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        // A number of another country has no cells.
        if value.starts_with('+') || digits.len() > PHONE_CELLS {
            return vec![self.space("", None, None)];
        }
        let comb = self.comb_from("", None, PHONE_CELLS, digits);
        vec![Row::Flow(vec![comb, Piece::Words("ハイフンは書かずに左から".to_owned())])]
    }

    /// An era to ring, and the cells of year, month and day. The year has four, for 西暦.
    fn date(&mut self, part: &str, first: usize) -> Vec<Row> {
        let input = |name: &str| if part.is_empty() { name.to_owned() } else { format!("{part}.{name}") };
        let era = self.value(&input("era"));
        // An answer of an earlier era is ringed too.
        let from = ERAS.iter().position(|(id, _)| *id == era).unwrap_or(first).min(first);
        let mut pieces: Vec<Piece> = Vec::new();
        if part == "born" {
            pieces.push(Piece::Words("生年月日".to_owned()));
        }
        for (id, name) in ERAS.iter().skip(from) {
            let tick = self.tick(&input("era"), id, Words { ja: (*name).to_owned(), beside: None });
            pieces.push(if let Piece::Tick { at, label, ticked, .. } = tick {
                Piece::Tick { at, label, ticked, round: true }
            } else {
                tick
            });
        }
        let mut cells_of_day = Vec::new();
        for (name, cells, unit) in [("year", 4, "年"), ("month", 2, "月"), ("day", 2, "日")] {
            cells_of_day.push(self.comb_right(&input(name), cells));
            cells_of_day.push(Piece::Words(unit.to_owned()));
        }
        // Three eras and a day stand in one row; five do not, nor the larger print.
        if from >= HEISEI && part.is_empty() && !self.form.large {
            pieces.extend(cells_of_day);
            return vec![Row::Flow(pieces)];
        }
        vec![Row::Flow(pieces), Row::Flow(cells_of_day)]
    }

    fn number(&mut self, at_most: Option<i64>, unit: Option<String>) -> Vec<Row> {
        // Up to so many digits stand in cells; a larger count is written freely.
        const DIGITS_MAX: usize = 9;
        let digits = at_most.map(|most| most.unsigned_abs().to_string().len()).filter(|digits| *digits <= DIGITS_MAX);
        let value = self.value("");
        match digits.filter(|digits| value.chars().count() <= *digits) {
            Some(digits) => {
                let mut pieces = vec![self.comb_right("", digits)];
                pieces.extend(unit.map(Piece::Words));
                vec![Row::Flow(pieces)]
            }
            None => match self.space("", None, Some(DIGITS_MAX + 1)) {
                Row::Space { label, at, lines, tall, letters, value, .. } => {
                    vec![Row::Space { label, at, lines, tall, letters, value, unit }]
                }
                other => vec![other],
            },
        }
    }

    fn address(&mut self) -> Vec<Row> {
        let digits: String = self.value("postal").chars().filter(char::is_ascii_digit).collect();
        let (first, rest) = digits.split_at_checked(3).map_or((digits.clone(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
        let postal = vec![
            Piece::Words("〒".to_owned()),
            self.comb_from("postal", Some(0), 3, first),
            Piece::Words("－".to_owned()),
            self.comb_from("postal", Some(3), 4, rest),
        ];
        let line = match self.space("text", None, None) {
            Row::Space { label, at, tall, letters, value, unit, .. } => Row::Space { label, at, lines: 2, tall, letters, value, unit },
            other => other,
        };
        vec![Row::Flow(postal), line, self.space("building", Some("建物名・部屋番号"), None)]
    }

    fn account(&mut self) -> Vec<Row> {
        let plain = |ja: &str| Words { ja: ja.to_owned(), beside: None };
        let which = vec![
            self.tick("kind", "bank", self.say("銀行・信用金庫・農協など", "銀行など", "Bank")),
            self.tick("kind", "post", self.say("ゆうちょ銀行", "ゆうちょ銀行", "Japan Post Bank")),
        ];
        // People know names, not codes; whoever keys it in looks the code up.
        let by_name = |boxes: &mut Self, label: &str| {
            let at = boxes.form.add(FormBox { input: None, ..boxes.new_box("", Shape::Space) });
            Row::Space { label: Some(label.to_owned()), at, lines: 1, tall: false, letters: None, value: String::new(), unit: None }
        };
        let bank = by_name(self, "金融機関・支店の名前");
        let codes = vec![
            Piece::Words("金融機関コード".to_owned()),
            self.comb("bank", 4),
            Piece::Words("支店コード".to_owned()),
            self.comb("branch", 3),
        ];
        let deposit = vec![
            self.tick("deposit", "ordinary", plain("普通")),
            self.tick("deposit", "current", plain("当座")),
            self.tick("deposit", "savings", plain("貯蓄")),
            Piece::Words("口座番号".to_owned()),
            self.comb("number", 7),
        ];
        let post = vec![
            Piece::Words("ゆうちょの方：記号".to_owned()),
            self.comb("symbol", 5),
            Piece::Words("番号".to_owned()),
            self.comb_right("post_number", 8),
        ];
        let holder = self.space("holder", Some("口座名義（カタカナ）"), None);
        vec![Row::Flow(which), bank, Row::Flow(codes), Row::Flow(deposit), Row::Flow(post), holder]
    }

    /// Twelve cells, which no answer is ever printed into.
    fn individual_number(&mut self) -> Vec<Row> {
        let cells = [0, 4, 8].map(|from| self.comb_from("", Some(from), 4, String::new()));
        vec![Row::Flow(cells.into())]
    }

    /// Documents go with the sheet: what is ticked is in the envelope.
    fn files(&mut self, at_most: u32, later_days: Option<u16>) -> Vec<Row> {
        let mut ticks = vec![self.tick("", "attached", self.say("いっしょに出します", "いっしょに 出します", "Enclosed"))];
        if let Some(days) = later_days {
            let later = self.say(
                &format!("あとで出します（{days}日以内）"),
                &format!("あとで 出します（{days}日まで）"),
                &format!("To follow within {days} days"),
            );
            ticks.push(self.tick("", "later", later));
        }
        if at_most > 1 {
            ticks.push(Piece::Words(format!("（{at_most}点まで）")));
        }
        let mut rows = vec![Row::Flow(ticks)];
        if let Some(count) = self.form.prefill.and_then(|prefill| prefill.files.get(self.path)) {
            rows.push(Row::Flow(vec![Piece::Words(format!("画面から送った書類が{count}点あります（紙では要りません）"))]));
        }
        rows
    }

    fn signature(&mut self) -> Vec<Row> {
        let at = self.form.add(self.new_box("typed", Shape::Space));
        vec![Row::Space { label: Some("自署".to_owned()), at, lines: 1, tall: true, letters: None, value: String::new(), unit: None }]
    }
}
