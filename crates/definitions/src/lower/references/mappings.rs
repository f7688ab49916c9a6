//! Mappings: paths that lead nowhere, options without a code, columns that do nothing.

use super::Look;
use crate::{
    field::{Field, Kind, Options},
    ids::FieldId,
    mapping::{Column, Direction, Encoding, Format, Holds, Mapping, question},
    procedure::Procedure,
    register::{ColumnKind, Register},
};

/// Looks up all that mappings name.
pub(super) fn check(look: &mut Look<'_>) {
    let town = look.town;
    for mapping in town.mappings.values() {
        let base = format!("mappings.{}", mapping.id);
        let procedure = mapping.procedure.as_ref().and_then(|id| town.procedures.get(id));
        if let Some(id) = mapping.procedure.as_ref().filter(|_| procedure.is_none()) {
            look.unknown(&format!("{base}.procedure"), "手続", id.as_str(), town.procedures.keys().map(|id| id.as_str()));
            continue;
        }
        file(look, &base, mapping);
        match (mapping.direction, procedure) {
            (Direction::Out | Direction::Intake, None) => {
                look.problem(&base, "どの手続の案件か分からない", "`procedure:` に手続の id を書く");
                continue;
            }
            (Direction::Out, Some(procedure)) => out(look, &base, mapping, procedure),
            (Direction::In, procedure) => come(look, &base, mapping, procedure.map(|procedure| procedure.as_ref())),
            (Direction::Intake, Some(procedure)) => intake(look, &base, mapping, procedure),
        }
    }
}

fn file(look: &mut Look<'_>, base: &str, mapping: &Mapping) {
    if mapping.file.format != Format::Csv && mapping.file.encoding == Encoding::Cp932 {
        look.problem(
            &format!("{base}.file.encoding"),
            "文字コードは csv だけで選ぶ",
            "`encoding` を消す（xlsx と json は UTF-8 に決まっている）",
        );
    }
    if mapping.file.format == Format::Json && !mapping.file.header {
        look.problem(&format!("{base}.file.header"), "json には列の名がいる", "`header` を消す");
    }
    if mapping.columns.is_empty() {
        look.problem(&format!("{base}.columns"), "列が一つもない", "`columns:` に列を並べる");
    }
    let mut seen: Vec<&str> = Vec::new();
    for column in mapping.columns.values() {
        if seen.contains(&column.header.as_str()) {
            let path = format!("{base}.columns.{}.header", column.id);
            look.problem(&path, format!("列の名「{}」が二つある", column.header), "列の名は一つずつ違える");
        }
        seen.push(&column.header);
    }
}

fn out(look: &mut Look<'_>, base: &str, mapping: &Mapping, procedure: &Procedure) {
    for outcome in mapping.outcomes.iter().filter(|outcome| !procedure.outcomes.contains_key(*outcome)) {
        let known = procedure.outcomes.keys().map(|id| id.as_str());
        look.unknown(&format!("{base}.outcomes"), "結論", outcome.as_str(), known);
    }
    if let Some(rows) = &mapping.rows {
        let group = procedure.pages.values().find_map(|page| page.fields.get(rows));
        if group.is_none_or(|group| group.kind.group_fields().is_none()) {
            look.problem(
                &format!("{base}.rows"),
                format!("`{rows}` はくりかえし（group）の質問ではない"),
                "`kind: group` の質問の id を書くか、`rows` を消す",
            );
        }
    }
    for column in mapping.columns.values() {
        let path = format!("{base}.columns.{}", column.id);
        match &column.holds {
            None => look.problem(
                &path,
                format!("列 `{}` に何を書くか分からない", column.id),
                "answer・outcome・noted・case・constant・value・blank のどれかを書く",
            ),
            Some(Holds::Answer(answer)) => answered(look, &path, mapping, procedure, column, answer),
            Some(Holds::Outcome(asked)) => {
                let asks: Vec<&Field> = procedure.outcomes.values().flat_map(|outcome| outcome.ask.values()).collect();
                staff_wrote(look, &format!("{path}.outcome"), "結論の ask", asked, &asks);
            }
            Some(Holds::Noted(asked)) => {
                let asks: Vec<&Field> = procedure.steps.values().flat_map(|step| step.ask.values()).collect();
                staff_wrote(look, &format!("{path}.noted"), "仕事の ask", asked, &asks);
            }
            Some(Holds::SourceNumber | Holds::SourceMoment | Holds::Files(_)) => {
                look.problem(&path, "intake だけのキーが書かれている", "`source_number`・`source_moment`・`files` を消す");
            }
            Some(Holds::Case(_) | Holds::Constant(_) | Holds::Value(_) | Holds::Blank) => {}
        }
    }
}

fn staff_wrote(look: &mut Look<'_>, path: &str, what: &str, asked: &str, asks: &[&Field]) {
    let first = asked.split('.').next().unwrap_or_default();
    if !asks.iter().any(|field| field.id.as_str() == first) {
        look.unknown(path, what, first, asks.iter().map(|field| field.id.as_str()));
    }
}

fn answered(look: &mut Look<'_>, path: &str, mapping: &Mapping, procedure: &Procedure, column: &Column, answer: &str) {
    let place = format!("{path}.answer");
    let Some((field, part)) = question(procedure, mapping.rows.as_ref(), answer) else {
        let first = answer.split('.').next().unwrap_or_default();
        let fields = || procedure.pages.values().flat_map(|page| page.fields.values());
        if fields().any(|field| field.id.as_str() == first) {
            return look.problem(
                &place,
                format!("`{answer}` はくりかえしの中にある"),
                format!("`rows: {first}` と書いて、その一つずつを一行にする"),
            );
        }
        return look.unknown(&place, "質問", first, fields().map(|field| field.id.as_str()));
    };
    let parts = parts_of(&field.kind);
    let is_place = matches!(field.kind, Kind::Choices { .. } | Kind::Ranked { .. }) && part.parse::<u8>().is_ok_and(|place| place > 0);
    if !part.is_empty() && !parts.contains(&part) && !is_place {
        return look.unknown(&place, &format!("`{}` の部分", field.id), part, parts.iter().copied());
    }
    if matches!(field.kind, Kind::IndividualNumber { .. }) {
        return look.problem(&place, "個人番号は、ここからは渡さない", "列を消す。個人番号は別に保管されていて、権限のある人だけが開く");
    }
    if matches!(field.kind, Kind::Files { .. } | Kind::Signature | Kind::Note | Kind::Group { .. }) {
        return look.problem(&place, format!("`{}`（{}）は文にならない", field.id, field.kind.word()), "文になる質問を選ぶ");
    }
    if matches!(field.kind, Kind::BankAccount) && part.is_empty() {
        return look.problem(&place, "口座は部分を選ぶ", format!("`{answer}.{}` のように書く：{}", "bank", parts.join("、")));
    }
    codes(look, path, column, field, part);
}

/// Each option has a code, and each code an option.
fn codes(look: &mut Look<'_>, path: &str, column: &Column, field: &Field, part: &str) {
    let given = &column.write.codes;
    let known: Vec<String> = match &field.kind {
        Kind::YesNo => vec!["yes".to_owned(), "no".to_owned()],
        Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } => match options {
            Options::Listed(listed) => listed.keys().map(ToString::to_string).collect(),
            Options::Register { register, .. } => {
                let records = look.town.registers.get(register).map(|register| &register.records);
                records.into_iter().flatten().map(|(key, _)| key.to_string()).collect()
            }
        },
        Kind::BankAccount if part == "deposit" => ["ordinary", "current", "savings"].map(str::to_owned).to_vec(),
        Kind::BankAccount if part == "kind" => ["bank", "post"].map(str::to_owned).to_vec(),
        _ if given.is_empty() => return,
        _ => {
            look.problem(&format!("{path}.codes"), format!("`{}` は選ぶ質問ではない", field.id), "`codes` を消す");
            return;
        }
    };
    if given.is_empty() {
        return;
    }
    for id in given.keys().filter(|id| !known.contains(id)) {
        look.unknown(&format!("{path}.codes.{id}"), "選択肢", id, known.iter().map(String::as_str));
    }
    let missing: Vec<&str> = known.iter().filter(|id| !given.contains_key(*id)).map(String::as_str).collect();
    if !missing.is_empty() {
        look.problem(&format!("{path}.codes"), format!("コードのない選択肢：{}", missing.join("、")), "すべての選択肢にコードを書く");
    }
}

fn parts_of(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::PersonName => &["family", "given"],
        Kind::Address => &["postal_code", "line", "building"],
        Kind::HouseholdMember { .. } => &["name", "kana", "born"],
        Kind::BankAccount => &["kind", "bank", "branch", "deposit", "number", "symbol", "post_number", "holder"],
        _ => &[],
    }
}

fn column_named(look: &mut Look<'_>, path: &str, mapping: &Mapping, column: &FieldId) {
    if !mapping.columns.contains_key(column) {
        look.unknown(path, "列", column.as_str(), mapping.columns.keys().map(|id| id.as_str()));
    }
}

fn come(look: &mut Look<'_>, base: &str, mapping: &Mapping, procedure: Option<&Procedure>) {
    let does = &mapping.does;
    if let Some(find) = &mapping.find {
        column_named(look, &format!("{base}.find.column"), mapping, &find.column);
    }
    let about_case = does.step.is_some() || does.note.is_some() || does.write.is_some();
    if about_case && (mapping.find.is_none() || procedure.is_none()) {
        look.problem(base, "どの案件のことか分からない", "`procedure:` と `find: { by: number, column: 列 }` を書く");
    }
    if !about_case && does.record.is_none() {
        look.problem(base, "行で何をするか分からない", "`do:` に step・note・write・record のどれかを書く");
    }
    for (key, text) in [("note", &does.note), ("write", &does.write)] {
        for name in text.iter().flat_map(|text| names_in(text)) {
            if !mapping.columns.contains_key(name) {
                look.unknown(&format!("{base}.do.{key}"), "列", name, mapping.columns.keys().map(|id| id.as_str()));
            }
        }
    }
    if let (Some(done), Some(procedure)) = (&does.step, procedure) {
        let path = format!("{base}.do.step");
        match procedure.steps.get(&done.step) {
            None => look.unknown(&format!("{path}.step"), "仕事", done.step.as_str(), procedure.steps.keys().map(|id| id.as_str())),
            Some(step) => {
                for (question, column) in &done.ask {
                    if !step.ask.contains_key(question) {
                        let known = step.ask.keys().map(|id| id.as_str());
                        look.unknown(&format!("{path}.ask.{question}"), "仕事の ask", question.as_str(), known);
                    }
                    column_named(look, &format!("{path}.ask.{question}"), mapping, column);
                }
                for field in step.ask.values().filter(|field| field.required && field.when.is_none() && !done.ask.contains_key(&field.id)) {
                    look.problem(&path, format!("仕事 `{}` の `{}` に入れる列がない", step.id, field.id), "`ask:` に 質問: 列 を足す");
                }
            }
        }
    }
    if let Some(done) = &does.record {
        let path = format!("{base}.do.record");
        if !look.register(&format!("{path}.register"), done.register.as_str()) {
            return;
        }
        let town = look.town;
        if let Some(register) = town.registers.get(&done.register) {
            record(look, &path, mapping, done, register);
        }
    }
}

fn record(look: &mut Look<'_>, path: &str, mapping: &Mapping, done: &crate::mapping::RecordDone, register: &Register) {
    match &register.key {
        Some(key) if done.values.contains_key(key) => {}
        Some(key) => look.problem(&format!("{path}.values"), format!("記録を名ざす欄 `{key}` がない"), format!("`{key}: 列` を足す")),
        None => {
            look.problem(&format!("{path}.register"), format!("台帳 `{}` は記録を番号で名ざさない", register.id), "`key:` のある台帳を選ぶ")
        }
    }
    for (of, column) in &done.values {
        look.column(&format!("{path}.values.{of}"), register, of.as_str());
        if matches!(register.fields.get(of).map(|column| &column.kind), Some(ColumnKind::Resident | ColumnKind::Household)) {
            look.problem(
                &format!("{path}.values.{of}"),
                format!("`{of}` は人の欄で、一覧からは書かない"),
                "この欄を消す。だれの記録かは、決定と結び付けが決める",
            );
        }
        column_named(look, &format!("{path}.values.{of}"), mapping, column);
    }
    if let Some(state) = done.state.as_ref().filter(|state| !register.states.contains_key(*state)) {
        look.unknown(&format!("{path}.state"), "状態", state.as_str(), register.states.keys().map(|id| id.as_str()));
    }
    if let Some(from) = &done.from {
        column_named(look, &format!("{path}.from"), mapping, from);
    }
}

/// `{meter}` in a text.
fn names_in(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn intake(look: &mut Look<'_>, base: &str, mapping: &Mapping, procedure: &Procedure) {
    if mapping.source.is_none() {
        look.problem(base, "どこの電子申請か分からない", "`source: { kind: other_service, name: … }` を書く");
    }
    if !mapping.columns.values().any(|column| column.holds == Some(Holds::SourceNumber)) {
        look.problem(
            &format!("{base}.columns"),
            "受付番号の列がない",
            "`source_number: yes` の列を足す。同じ申請を二度受け取らないために要る",
        );
    }
    for column in mapping.columns.values() {
        let path = format!("{base}.columns.{}", column.id);
        match &column.holds {
            Some(Holds::Answer(answer) | Holds::Files(answer)) => {
                let first = answer.split('.').next().unwrap_or_default();
                let mut fields = procedure.pages.values().flat_map(|page| page.fields.values());
                match fields.find(|field| field.id.as_str() == first) {
                    None => {
                        let known: Vec<&str> = procedure.pages.values().flat_map(|page| page.fields.keys()).map(|id| id.as_str()).collect();
                        let key = if matches!(column.holds, Some(Holds::Files(_))) { "files" } else { "answer" };
                        look.unknown(&format!("{path}.{key}"), "質問", first, known);
                    }
                    Some(field) if matches!(column.holds, Some(Holds::Answer(_))) && field.kind.group_fields().is_none() => {
                        if let Some((field, part)) = question(procedure, None, answer) {
                            codes(look, &path, column, field, part);
                        }
                    }
                    Some(_) => {}
                }
            }
            Some(Holds::SourceNumber | Holds::SourceMoment | Holds::Blank) | None => {}
            Some(_) => look.problem(
                &path,
                "intake では使えないキーが書かれている",
                "answer・files・source_number・source_moment・blank のどれかにする",
            ),
        }
    }
}
