//! What stands on a form, before anything is set: boxes by kind, sentences of conditions, and what is printed into a sheet that is only to be
//! signed.

mod cast;

use cast::*;
use definitions::{field::Kind, procedure::Procedure, text::Language, town::Town};
use paper::{
    Wish,
    form::{Form, Part, Piece, Question, Row, Shape, lay_out, numbers},
};

fn blank(town: &Town, procedure: &Procedure) -> Form {
    lay_out(town, procedure, &Wish::default())
}

fn questions(form: &Form) -> Vec<&Question> {
    let parts = form.sections.iter().flat_map(|section| &section.parts);
    parts.filter_map(|part| if let Part::Question(question) = part { Some(question) } else { None }).collect()
}

fn labelled<'f>(form: &'f Form, label: &str) -> &'f Question {
    questions(form).into_iter().find(|question| question.label.ja == label).unwrap_or_else(|| panic!("{label}"))
}

/// What is printed into the boxes.
fn printed(form: &Form) -> Vec<String> {
    let of_pieces = |pieces: &[Piece]| {
        let value = |piece: &Piece| match piece {
            Piece::Comb { value, .. } => value.trim().to_owned(),
            Piece::Tick { ticked: true, label, .. } => label.ja.clone(),
            Piece::Tick { .. } | Piece::Words(_) => String::new(),
        };
        pieces.iter().map(value).collect::<Vec<_>>()
    };
    let rows = questions(form).into_iter().flat_map(|question| &question.rows);
    let values = rows.flat_map(|row| match row {
        Row::Flow(pieces) | Row::Columns { ticks: pieces, .. } => of_pieces(pieces),
        Row::Space { value, .. } => vec![value.clone()],
        Row::Reading { .. } => Vec::new(),
    });
    values.filter(|value| !value.is_empty()).collect()
}

/// The numbers of the boxes that are ticked.
fn ticked(form: &Form) -> Vec<usize> {
    let rows = questions(form).into_iter().flat_map(|question| &question.rows);
    let pieces = rows.flat_map(|row| match row {
        Row::Flow(pieces) | Row::Columns { ticks: pieces, .. } => pieces.as_slice(),
        Row::Space { .. } | Row::Reading { .. } => &[],
    });
    pieces.filter_map(|piece| if let Piece::Tick { at, ticked: true, .. } = piece { Some(*at) } else { None }).collect()
}

#[test]
fn every_question_of_every_procedure_has_a_box_that_names_an_input_of_the_screen() {
    let town = mihon();
    let mut kinds = std::collections::BTreeSet::new();
    for procedure in town.procedures.values() {
        let form = blank(town, procedure);
        for field in procedure.pages.values().flat_map(|page| page.fields.values()) {
            let inner: Vec<String> = match field.kind.group_fields() {
                Some(fields) => {
                    fields.values().filter(|inner| inner.kind != Kind::Note).map(|inner| format!("{}.0.{}", field.id, inner.id)).collect()
                }
                None if field.kind == Kind::Note => Vec::new(),
                None => vec![field.id.to_string()],
            };
            for path in inner {
                let known = procedure.field(&path).unwrap();
                let boxes: Vec<_> = form.boxes.iter().filter(|one| one.field == path).collect();
                assert!(!boxes.is_empty(), "{}: {path} has no box", procedure.id);
                kinds.insert(known.kind.word());
                for one in boxes {
                    assert_eq!(one.kind, known.kind.word());
                    let input = one.input.as_deref();
                    assert!(
                        input.is_none_or(|input| input == path || input.starts_with(&format!("{path}."))),
                        "{}: {input:?}",
                        procedure.id
                    );
                    assert_eq!(one.shape == Shape::Tick, one.option.is_some(), "{}: {path}", procedure.id);
                    assert_eq!(one.shape == Shape::Comb, one.cells.is_some(), "{}: {path}", procedure.id);
                }
                // Every option that is written in the definition can be ticked.
                if let Kind::Choice { options: definitions::field::Options::Listed(listed), .. }
                | Kind::Choices { options: definitions::field::Options::Listed(listed), .. } = &known.kind
                {
                    for option in listed.keys() {
                        let ticked = form.boxes.iter().any(|one| one.field == path && one.option.as_deref() == Some(option.as_str()));
                        assert!(ticked || listed.len() > 60, "{}: {path} without {option}", procedure.id);
                    }
                }
            }
        }
        for one in form.boxes.iter().filter(|one| one.kind == "individual_number") {
            assert!(matches!(procedure.field(&one.field).unwrap().kind, Kind::IndividualNumber { .. }));
        }
    }
    println!("kinds on paper: {kinds:?}");
    for kind in [
        "text",
        "long_text",
        "kana",
        "person_name",
        "date",
        "number",
        "choice",
        "choices",
        "yes_no",
        "address",
        "phone",
        "mail",
        "files",
        "consent",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[test]
fn a_condition_is_a_sentence_that_a_person_follows() {
    let town = mihon();
    let (mut plain, mut pointed) = (0, 0);
    for procedure in town.procedures.values() {
        let form = blank(town, procedure);
        for when in questions(&form).into_iter().filter_map(|question| question.when.as_deref()) {
            assert!(
                when.contains("方のみ") && !when.contains("==") && !when.contains("&&") && !when.contains("||"),
                "{}: {when}",
                procedure.id
            );
            if when.starts_with("該当する方のみ") { pointed += 1 } else { plain += 1 }
        }
    }
    println!("{plain} conditions in words, {pointed} point to their questions");
    assert!(plain > pointed * 3, "{plain} in words, {pointed} not");
    let dog = blank(town, town.procedure("dog_registration").unwrap());
    assert_eq!(labelled(&dog, "犬のいるところ").when.as_deref(), Some("6が「はい」の方のみ"));
    let copy = blank(town, town.procedure("resident_record_copy").unwrap());
    assert_eq!(labelled(&copy, "本人確認書類の写真").when.as_deref(), Some("12で「窓口で受け取る」以外を選んだ方のみ"));
}

#[test]
fn a_prefilled_sheet_holds_what_was_typed_and_only_what_concerns_the_person() {
    let town = mihon();
    let dog = town.procedure("dog_registration").unwrap();
    let typed =
        [("name", "佐藤 花子"), ("address.postal", "100-0001"), ("address.text", "見本県見本市中央1-2-3"), ("phone", "090-0000-0001")];
    let elsewhere = questions(&blank(town, dog)).into_iter().find(|question| question.label.ja == "犬のいるところ").is_some();
    let prefill = prefill(dog, &typed, Some("K7P4M29ACDEX"));
    let form = lay_out(town, dog, &Wish { prefill: Some(&prefill), ..Wish::default() });
    let printed = printed(&form);
    for value in ["佐藤 花子", "100", "0001", "見本県見本市中央1-2-3", "09000000001"] {
        assert!(printed.iter().any(|one| one == value), "{value} is not in {printed:?}");
    }
    // Nobody has said yet that the dog lives elsewhere: the sheet does not ask.
    assert!(elsewhere && !questions(&form).iter().any(|question| question.label.ja == "犬のいるところ"));
    assert!(questions(&form).iter().all(|question| question.when.is_none()), "only what concerns the person is printed");
}

#[test]
fn eyes_find_each_question_of_the_screen_under_the_same_number_on_the_sheet() {
    let town = mihon();
    let mut compared = 0;
    let same = |form: &Form, procedure: &Procedure, numbers: &std::collections::BTreeMap<String, String>| {
        let on_sheet: Vec<(String, String)> = form
            .sections
            .iter()
            .flat_map(|section| &section.parts)
            .filter_map(|part| match part {
                Part::Question(question) if !question.number.starts_with('(') => Some((question.label.ja.clone(), question.number.clone())),
                _ => None,
            })
            .collect();
        for (label, number) in &on_sheet {
            let fields = procedure.pages.values().flat_map(|page| page.fields.values());
            let mut alike = fields.filter(|field| town.say_plainly(&field.label, Language::Ja) == *label);
            assert!(alike.any(|field| numbers.get(field.id.as_str()) == Some(number)), "{}: {number} {label}", procedure.id);
        }
        on_sheet.len()
    };
    for procedure in town.procedures.values() {
        compared += same(&blank(town, procedure), procedure, &numbers(town, procedure, None));
    }
    assert!(compared > 100, "{compared}");
    // What was printed from a draft counts only what it asked.
    let dog = town.procedure("dog_registration").unwrap();
    let typed = definitions::typed::Typed::from_pairs([("name", "佐藤 花子")]).unwrap();
    let filled = definitions::form::fill(dog, &typed, &definitions::facts::NoFacts, today());
    let prefill = paper::Prefill::of(dog, &filled, None);
    let form = lay_out(town, dog, &Wish { prefill: Some(&prefill), ..Wish::default() });
    let printed = numbers(town, dog, Some(&filled));
    assert!(same(&form, dog, &printed) > 0);
    assert_ne!(printed, numbers(town, dog, None), "a question that it does not ask has no number");
}

#[test]
fn what_must_be_given_anew_is_never_printed() {
    let town = mihon();
    let mut seen = 0;
    for procedure in town.procedures.values() {
        let fields = procedure.pages.values().flat_map(|page| page.fields.values());
        let anew: Vec<_> = fields.filter(|field| field.kind.is_given_anew()).collect();
        if anew.is_empty() {
            continue;
        }
        // All of them typed, whatever else is asked.
        let number = "123456789018";
        let pairs: Vec<(String, &str)> = anew
            .iter()
            .map(|field| match field.kind {
                Kind::Signature => (format!("{}.typed", field.id), "署名太郎"),
                Kind::IndividualNumber { .. } => (field.id.to_string(), number),
                _ => (field.id.to_string(), "yes"),
            })
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let prefill = prefill(procedure, &pairs, None);
        let form = lay_out(town, procedure, &Wish { prefill: Some(&prefill), ..Wish::default() });
        let json = serde_json::to_string(&form).unwrap();
        assert!(!json.contains(number) && !json.contains("署名太郎"), "{}", procedure.id);
        for at in ticked(&form) {
            let of = &form.boxes[at].field;
            assert!(anew.iter().all(|field| field.id.as_str() != of), "{}: {of} is ticked", procedure.id);
        }
        seen += 1;
    }
    println!("{seen} procedures ask for something that is given anew");
    assert!(seen > 20);
}

#[test]
fn another_language_stands_beside_the_japanese_and_never_in_its_place() {
    let town = mihon();
    let dog = town.procedure("dog_registration").unwrap();
    let ja = blank(town, dog);
    for language in [Language::Easy, Language::En] {
        let form = lay_out(town, dog, &Wish { language, ..Wish::default() });
        assert_eq!(form.boxes, ja.boxes, "the same boxes in every language");
        for (question, japanese) in questions(&form).into_iter().zip(questions(&ja)) {
            assert_eq!(question.label.ja, japanese.label.ja);
            assert!(question.label.beside.as_deref() != Some(question.label.ja.as_str()));
        }
        assert!(questions(&form).iter().any(|question| question.label.beside.is_some()));
        let json = serde_json::to_string(&form).unwrap();
        assert!(!json.contains('《') && !json.contains('｜'), "readings are shown as （…）");
    }
}
