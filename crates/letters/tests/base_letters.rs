//! Every template of the base and of 見本市, typeset with 佐藤花子's case and read back from the PDF.

mod cast;

use cast::*;
use letters::typeset::typeset;

#[test]
fn every_letter_comes_out_and_reads_back() {
    let templates = templates();
    let mut made = 0;
    for template in templates.ids() {
        let sheet = typeset(&templates, &job(template, given_for(template))).unwrap_or_else(|problem| panic!("{template}: {problem}"));
        let pdf = keep(template, &sheet);
        let text: String = poppler("pdftotext", &["-layout"], &pdf).split_whitespace().collect();
        for expected in ["佐藤花子様", "総務課", "0000-00-0021", &sheet.title.replace(' ', "")] {
            assert!(text.contains(expected), "{template}: {expected} is not in the text\n{text}");
        }
        made += 1;
    }
    assert!(made >= 12, "{made} templates");
}

#[test]
fn a_draft_says_so_on_every_page_and_cannot_be_verified() {
    let mut draft = given();
    draft.draft = Some("下書き".into());
    draft.verify = None;
    draft.authority.seal = letters::given::Seal::Box;
    let sheet = typeset(&templates(), &job("disclosure_partial", draft)).unwrap();
    let pdf = keep("draft", &sheet);
    let text = poppler("pdftotext", &[], &pdf);
    for page in text.split('\u{c}').filter(|page| !page.trim().is_empty()) {
        assert!(page.contains("下書き") && page.contains("まだ施行されていません"), "{page}");
    }
    assert!(!text.contains("確認コード") && text.contains("公印"));
}

#[test]
fn fonts_are_embedded_as_subsets_and_the_pdf_is_tagged_japanese_and_titled() {
    let mut rare = given();
    rare.applicant.name = "𠮷田　葛\u{E0101}子".into();
    let pdf = keep("rare_name", &typeset(&templates(), &job("disclosure_full", rare)).unwrap());
    let fonts = poppler("pdffonts", &[], &pdf);
    for line in fonts.lines().skip(2) {
        assert!(line.contains('+') && line.contains("yes yes yes"), "not embedded, subset and with Unicode: {line}");
    }
    assert!(fonts.contains("BIZUDMincho") && fonts.contains("NotoSerifCJKjp"), "{fonts}");
    let info = poppler("pdfinfo", &[], &pdf);
    assert!(info.contains("Tagged:          yes") && info.contains("公文書開示決定通知書"), "{info}");
    let metadata = poppler("pdfinfo", &["-meta"], &pdf);
    assert!(metadata.contains("pdfuaid:part>1<") && metadata.contains("pdfaid:part>2<") && metadata.contains("ja"), "{metadata}");
    let tags = poppler("pdfinfo", &["-struct"], &pdf);
    for tag in ["H1", "Table", "TH", "Figure"] {
        assert!(tags.contains(tag), "no {tag} in\n{tags}");
    }
    assert!(poppler("pdftotext", &[], &pdf).contains("𠮷田"));
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_other_inputs_do_not() {
    let of = |name: &str| {
        let mut given = given();
        given.applicant.name = name.into();
        typeset(&templates(), &job("decision_notice", given)).unwrap().pdf
    };
    assert_eq!(of("佐藤　花子"), of("佐藤　花子"));
    assert_ne!(of("佐藤　花子"), of("田中　太郎"));
}

#[test]
fn a_receipt_is_printed_even_when_the_name_cannot_be() {
    // As the portal gives it: no authority, no code, an address only where one was typed.
    let mut receipt = given_for("receipt").into_json();
    receipt.remove("authority");
    receipt["applicant"] = serde_json::json!({ "name": "佐藤😀子", "honorific": "様", "post": null, "address": [] });
    receipt["department"]["place"] = serde_json::Value::Null;
    let job = |given| letters::typeset::Job { template: "receipt".into(), given, date: DECIDED, ident: "receipt".into() };
    assert!(typeset(&templates(), &job(receipt.clone())).is_err());
    assert!(letters::typeset::with_geta(&mut receipt));
    assert!(!letters::typeset::with_geta(&mut receipt), "once");
    let text: String = poppler("pdftotext", &["-layout"], &keep("receipt_geta", &typeset(&templates(), &job(receipt)).unwrap()))
        .split_whitespace()
        .collect();
    for expected in ["佐藤〓子様", "印字できない文字", "K7P-4M2-9", "7KQP-M3XA", "お返事の予定"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn lines_of_an_answer_stay_lines() {
    let mut given = given();
    given.outcome.insert("documents".into(), "設計書\n契約書".into());
    let text = poppler("pdftotext", &["-layout"], &keep("lines", &typeset(&templates(), &job("disclosure_full", given)).unwrap()));
    assert!(text.lines().any(|line| line.trim_end().ends_with("設計書")) && text.lines().any(|line| line.trim() == "契約書"), "{text}");
}

#[test]
fn every_title_of_the_folder_has_its_template_and_says_the_same() {
    let templates = templates();
    let read = |file: &str| std::fs::read_to_string(towns().join(file)).unwrap();
    let titles = read("base/letters.yaml") + &read("base/letters/titles.yaml") + &read("mihon/letters.yaml");
    let mut seen = 0;
    for (id, title) in titles.lines().filter_map(|line| line.trim().split_once(": { title: ")) {
        let title = title.split([' ', ',', '}']).next().unwrap_or(title);
        let sheet = typeset(&templates, &job(id, given_for(id))).unwrap_or_else(|problem| panic!("{id}: {problem}"));
        // The generic notices put the procedure's name into their titles.
        assert!(
            sheet.title == title || ["contract_notice", "decision_notice"].contains(&id),
            "{id}: {title} in letters.yaml, {} on the letter",
            sheet.title
        );
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}
