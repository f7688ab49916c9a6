//! From the decision to the verify page, on both engines: ordered, set, kept, verified, voided; failed, mended, issued.

mod cast;

use std::sync::{Arc, Mutex};

use access::{CaseId, LetterId};
use cast::*;
use definitions::town::Town;
use jiff::{Timestamp, civil::date};
use letters::{
    AfterRender, Bureau, Content, LetterProblem, Order, OrderError, Press, RenderedLetter, Seal, State, Typesetter, VerifyCode,
    VerifyReceiver, verify,
};
use store::{
    Desk, Portal, StoreError, Write,
    files::Files,
    hatch::carry_all,
    jobs::{self, JobHandler},
    keys::Keys,
    testing::Place,
};

struct Office {
    desk: Desk,
    portal: Portal,
    bureau: Bureau,
    files: Files,
    told: Arc<Told>,
}

/// What `cases` would do: it writes down what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl AfterRender for Told {
    fn issued(&self, _: &Write<'_>, letter: &RenderedLetter, pdf: &[u8]) -> Result<(), StoreError> {
        assert!(pdf.starts_with(b"%PDF"));
        self.0.lock().unwrap().push(format!("issued {} {}", letter.title, letter.document_number));
        Ok(())
    }

    fn failed(&self, _: &Write<'_>, _: CaseId, _: LetterId, problem: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(format!("failed {problem}"));
        Ok(())
    }
}

fn office(place: &Place) -> Office {
    let (keys, _) = Keys::init(&place.folder().join("keys")).unwrap();
    Office {
        desk: Desk::new(place.open("desk", letters::DESK_MIGRATIONS)),
        portal: Portal::new(place.open("portal", letters::PORTAL_MIGRATIONS)),
        files: Files::open(&place.folder().join("files"), keys.clone()).unwrap(),
        bureau: Bureau { town: Arc::new(trial_town(place.folder())), keys: Arc::new(keys), portal: "https://mihon.example".into() },
        told: Arc::default(),
    }
}

impl Office {
    fn typesetter(&self) -> Typesetter {
        Typesetter {
            desk: self.desk.clone(),
            files: self.files.clone(),
            keys: Arc::clone(&self.bureau.keys),
            press: Arc::new(Press::here()),
            sender: "見本市".into(),
            after: self.told.clone(),
        }
    }

    fn order(&self, order: &Order) -> Result<String, OrderError> {
        let (bureau, order) = (self.bureau.clone(), order.clone());
        self.desk.write(move |tx| letters::order(tx, &bureau, &order))
    }

    /// Runs all jobs that wait, as the server's runner does.
    fn work(&self) {
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(self.typesetter())];
        let runner = jobs::run(&self.desk, handlers, 1).unwrap();
        store::testing::until("no job waits", || self.desk.read(|tx| -> Result<_, StoreError> { waiting(tx) }).unwrap() == 0);
        drop(runner);
    }

    /// Numbers come a moment after the transaction on PostgreSQL, so it is carried until the portal has heard `count` times.
    fn carry(&self, count: u64) {
        let mut carried = 0;
        store::testing::until("the portal has heard", || {
            carried += self.carry_once();
            carried >= count
        });
    }

    fn carry_once(&self) -> u64 {
        carry_all(&self.portal, &self.desk, &[], &[Arc::new(VerifyReceiver)]).unwrap()
    }

    fn known(&self, code: &VerifyCode) -> Option<verify::Known> {
        let code = code.clone();
        self.portal.read(move |tx| verify::find(tx, &code)).unwrap()
    }

    fn letter(&self, id: LetterId) -> Option<RenderedLetter> {
        self.desk.read(move |tx| letters::rendered(tx, id)).unwrap()
    }

    fn told(&self) -> Vec<String> {
        self.told.0.lock().unwrap().clone()
    }
}

fn waiting(tx: &store::Read<'_>) -> Result<i64, StoreError> {
    tx.first("select count(*) from store_job where state = 'open'", &[])?.unwrap().get(0)
}

fn content() -> Content {
    let given = given();
    Content {
        template: "disclosure_full".into(),
        department: "general_affairs".parse().unwrap(),
        authority: "mayor".parse().unwrap(),
        seal: Seal::Omitted,
        to: given.applicant,
        case: given.case,
        outcome: given.outcome,
        reason: String::new(),
        act: Some("この決定".into()),
    }
}

fn order(n: u8) -> Order {
    let now: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
    Order {
        id: LetterId::draw(now),
        case: CaseId::draw(now),
        content: content(),
        date: date(2026, 11, 24),
        verify: VerifyCode::draw([n; 40]),
        actor: "staff:suzuki".into(),
        granted: "chief_decides".into(),
    }
}

store::on_both_engines! {
    fn a_letter_is_ordered_set_kept_and_verified(place: Place) {
        let (office, order) = (office(place), order(1));
        assert_eq!(office.order(&order).unwrap(), "8見総第1号");
        assert_eq!(office.letter(order.id), None, "it is not a letter before it is set");
        office.work();
        let letter = office.letter(order.id).unwrap();
        assert_eq!((letter.title.as_str(), letter.document_number.as_str(), letter.voided), ("公文書開示決定通知書", "8見総第1号", false));
        let pdf = keep("issued", &letters::Sheet { pdf: office.files.get(&letter.pdf).unwrap(), title: String::new(), pages: 1, text: String::new(), places: Vec::new() });
        let text: String = poppler("pdftotext", &["-layout"], &pdf).split_whitespace().collect();
        for expected in ["8見総第1号", "見本市長見本一郎", "佐藤花子様", "3か月以内に、見本市長に対して審査請求", &order.verify.to_string()] {
            assert!(text.contains(expected), "{expected}");
        }
        assert_eq!(office.told(), ["issued 公文書開示決定通知書 8見総第1号"]);

        assert_eq!(office.known(&order.verify), None, "the portal has not heard of it");
        office.carry(1);
        let known = office.known(&order.verify).unwrap();
        assert_eq!((known.document_number.as_str(), known.bears, known.sender.as_str(), known.voided_on), ("8見総第1号", date(2026, 11, 24), "見本市", None));
        assert_eq!(office.known(&VerifyCode::draw([9; 40])), None);
    }

    fn ordering_twice_and_running_twice_make_one_letter(place: Place) {
        let (office, order) = (office(place), order(1));
        assert_eq!(office.order(&order).unwrap(), office.order(&order).unwrap());
        office.work();
        let first = office.letter(order.id);
        // The node died after the letter was issued and before the job was marked as done.
        place.meddle("desk", "update store_job set state = 'open', due = 0, tries = 0, owner = null, ended_at = null");
        office.work();
        assert_eq!(office.letter(order.id), first, "kept bytes are never set again");
        assert_eq!(office.told().len(), 1);
    }

    fn each_department_counts_from_one_in_each_fiscal_year(place: Place) {
        let office = office(place);
        let mut numbers = Vec::new();
        for (n, department, on) in [(1, "general_affairs", date(2027, 3, 31)), (2, "general_affairs", date(2027, 3, 31)), (3, "water", date(2027, 3, 31)), (4, "general_affairs", date(2027, 4, 1))] {
            let mut order = Order { date: on, ..order(n) };
            order.content.department = department.parse().unwrap();
            numbers.push(office.order(&order).unwrap());
        }
        assert_eq!(numbers, ["8見総第1号", "8見総第2号", "8水道課第1号", "9見総第1号"]);
    }

    fn a_name_that_cannot_be_printed_stops_the_decision_and_takes_no_number(place: Place) {
        let office = office(place);
        let mut unprintable = order(1);
        unprintable.content.to.name = "佐藤　😀".into();
        let refused = office.order(&unprintable).unwrap_err();
        assert!(matches!(&refused, OrderError::Letter(LetterProblem::MissingCharacters(_))), "{refused}");
        assert_eq!(letters::missing_characters(&unprintable.content).len(), 1);
        assert_eq!(office.order(&order(2)).unwrap(), "8見総第1号");
    }

    fn a_disposition_of_an_authority_without_instruction_is_refused_and_its_contract_is_not(place: Place) {
        let office = office(place);
        let mut water = order(1);
        water.content.authority = "water".parse().unwrap();
        water.content.template = "decision_notice".into();
        assert!(matches!(office.order(&water).unwrap_err(), OrderError::Letter(LetterProblem::NoInstruction(_))));
        water.content.act = None;
        office.order(&water).unwrap();
        office.work();
        let letter = office.letter(water.id).unwrap();
        let pdf = keep("water", &letters::Sheet { pdf: office.files.get(&letter.pdf).unwrap(), title: String::new(), pages: 1, text: String::new(), places: Vec::new() });
        let text = poppler("pdftotext", &[], &pdf);
        assert!(text.contains("見本市水道事業管理者") && !text.contains("審査請求") && !text.contains("教示"), "{text}");
    }

    fn a_letter_that_failed_is_mended_and_keeps_its_number(place: Place) {
        let (office, order) = (office(place), order(1));
        office.order(&order).unwrap();
        // A newer program with other fonts was started between the decision and the press.
        place.meddle("desk", "update letter set fonts_digest = 'older'");
        office.work();
        assert_eq!(office.letter(order.id), None);
        let case = order.case;
        let listed = office.desk.read(move |tx| letters::of_case(tx, case)).unwrap();
        assert_eq!((listed[0].state, listed[0].problem.as_deref()), (State::Failed, Some("書体が起案のときから変わりました。文書を作り直してください")));
        let (bureau, id) = (office.bureau.clone(), order.id);
        let again = move |tx: &Write<'_>| letters::order_again(tx, &bureau, id, &content(), "staff:suzuki", "chief_decides");
        office.desk.write(again.clone()).unwrap();
        office.work();
        assert_eq!(office.letter(order.id).unwrap().document_number, "8見総第1号");
        assert!(matches!(office.desk.write(again), Err(OrderError::NotFailed)), "an issued letter is not made again");
        assert_eq!(office.told().len(), 2);
    }

    fn a_voided_letter_says_so_even_when_its_issuing_is_told_again(place: Place) {
        let (office, order) = (office(place), order(1));
        office.order(&order).unwrap();
        office.work();
        let (bureau, id) = (office.bureau.clone(), order.id);
        let void = move |tx: &Write<'_>| letters::void(tx, &bureau, id, date(2026, 12, 1), "wrong-addressee", "staff:suzuki", "chief_decides");
        assert!(office.desk.write(void.clone()).unwrap());
        assert!(!office.desk.write(void).unwrap(), "once");
        office.carry(2);
        assert_eq!(office.known(&order.verify).unwrap().voided_on, Some(date(2026, 12, 1)));
        assert!(office.letter(order.id).unwrap().voided);
    }

    fn neither_store_shows_who_got_a_letter(place: Place) {
        let (office, order) = (office(place), order(1));
        office.order(&order).unwrap();
        office.work();
        office.carry(1);
        let row = office.portal.read(|tx| tx.all("select mark, document_number, sender, bears from letter_verify", &[])).unwrap();
        let shown = format!("{row:?}");
        assert!(!shown.contains("佐藤") && !shown.contains(&order.verify.plain()), "{shown}");
        let inputs: Vec<u8> = office.desk.read(|tx| -> Result<Vec<u8>, StoreError> { tx.first("select inputs from letter", &[])?.unwrap().get(0) }).unwrap();
        assert!(!inputs.windows(6).any(|window| window == "佐藤".as_bytes()));
    }
}

#[test]
fn staff_see_the_letter_before_it_goes() {
    let place = Place::sqlite();
    let office = office(&place);
    let sheet = letters::preview(&office.bureau, &Press::here(), &content(), date(2026, 11, 24)).unwrap();
    let text = poppler("pdftotext", &[], &keep("preview", &sheet));
    assert!(text.contains("下書き") && text.contains("見総第") && !text.contains("8見総") && !text.contains("確認コード"), "{text}");
    // The mayor of that day signs.
    let later = letters::preview(&office.bureau, &Press::here(), &content(), date(2027, 5, 1)).unwrap();
    assert!(later.text.contains("見本二郎") && !later.text.contains("見本一郎"));
}

#[test]
fn the_demo_town_has_all_letters_of_its_base() {
    let town = Town::load(&towns().join("mihon")).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let templates = letters::template::Templates::of_town(&town);
    for id in town.letters.keys() {
        assert!(templates.has(id.as_str()), "{id}");
    }
    assert!(["admission_notice", "contract_notice", "disclosure_full", "receipt"].iter().all(|id| town.letters.contains_key(*id)));
    let bureau = Bureau {
        town: Arc::new(town),
        keys: Arc::new(Keys::init(&Place::sqlite().folder().join("keys")).unwrap().0),
        portal: String::new(),
    };
    let sheet = letters::preview(&bureau, &Press::here(), &content(), date(2026, 11, 24)).unwrap();
    assert!(sheet.text.contains("様式第2号（第5条関係）") && sheet.text.contains("見本一郎"), "{}", sheet.text);
    keep("mihon_disclosure_full", &sheet);
}
