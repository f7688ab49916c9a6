//! 窓口: drafts that the desk goes on with, with their files; what residents only prepare; and what is filed anew after a backup was restored.

mod world;

use std::sync::Arc;

use access::CaseId;
use cases::{
    CaseNumber, Channel, FilingRefused, attachments,
    draft::{Draft, DraftId},
    event::Event,
    filing,
    identity::{Identified, Proof, WhoCame},
    keyed,
    own::OwnState,
    parcel::{Filed, Lent, Up},
    preparation::{PREPARED_DAYS, PreparationCode, Prepared},
    receiving,
    verbs::Refused,
};
use definitions::{
    answer::{Answer, FileAnswer, PaperWay, Papers},
    text::Language,
    typed::Typed,
};
use store::{files::Files, testing::Place};
use world::*;

const CARD: Identified = Identified { who: WhoCame::Own, proof: Proof::Card, note: String::new() };

fn code(first: u8) -> PreparationCode {
    PreparationCode::draw([first; 22])
}

fn attach(w: &World, draft: &Draft, field: &'static str, bytes: &[u8]) -> FileAnswer {
    let kept = w.files.put(bytes).unwrap();
    let file = FileAnswer { file: kept.to_string(), name: "写し.pdf".into(), media: "application/pdf".into(), bytes: bytes.len() as u64 };
    let (id, json) = (draft.id, serde_json::to_string(&file).unwrap());
    w.resident(move |tx, terms| filing::change_files(tx, terms, id, &hanako(), field, |draft, _| draft.push(field, &json))).unwrap();
    file
}

fn prepare(w: &World, draft: DraftId, drawn: PreparationCode) -> Result<Prepared, FilingRefused> {
    let seen = w.version("seal_report");
    w.resident(move |tx, terms| filing::prepare(tx, terms, draft, &hanako(), &seen, drawn))
}

fn lend(w: &World, draft: DraftId, code: CaseNumber) {
    w.resident(move |tx, terms| filing::lend(tx, terms, draft, &hanako(), code)).unwrap();
}

/// A hatch that knows attachments too, and the job that hands them up.
struct Hatch {
    files: Files,
    hand_up: Arc<dyn store::jobs::JobHandler>,
}

impl Hatch {
    fn new(w: &World, place: &Place) -> Hatch {
        let files = Files::open(&place.folder().join("desk-files"), w.desk_keys.as_ref().clone()).unwrap();
        let hand_up = attachments::HandUp { portal: w.portal.clone(), files: w.files.clone(), keys: Arc::clone(&w.keys) };
        Hatch { files, hand_up: Arc::new(hand_up) }
    }

    fn carry(&self, w: &World) {
        let runner = store::jobs::run(&w.portal, vec![Arc::clone(&self.hand_up)], 1).unwrap();
        store::testing::until("the files are handed up", || {
            w.count(&w.portal, "select count(*) from store_job where kind = 'case.files' and state = 'open'") == 0
        });
        drop(runner);
        let receivers = receiving::desk_receivers(&w.town, &w.desk_keys, &self.files, &access::Clock::fixed(w.now()));
        let down = [w.portal_receiver()];
        // On PostgreSQL a message gets its number a moment after the commit.
        let unnumbered = "select count(*) from store_message m where not exists (select 1 from store_number n where n.message = m.serial)";
        store::testing::until("the hatch is empty", || {
            let all_numbered = w.count(&w.portal, unnumbered) == 0 && w.count(&w.desk, unnumbered) == 0;
            store::hatch::carry_all(&w.portal, &w.desk, &receivers, &down).unwrap() == 0 && all_numbered
        });
        assert_eq!(w.dead(), []);
    }
}

/// What the desk would find under a code.
fn lent(w: &World) -> Vec<Lent> {
    let ups = w.ups().into_iter();
    ups.filter_map(|up| if let Up::Lent(lent) = up { Some(*lent) } else { None }).collect()
}

fn filed(w: &World, procedure: &str, case: CaseId, channel: Channel, answers: definitions::answer::Answers) -> Filed {
    Filed {
        case: case.to_string(),
        account: None,
        number: w.number().plain(),
        procedure: procedure.parse().unwrap(),
        version: w.version(procedure),
        contacts: cases::Contacts { name: "佐藤 花子".into(), ..cases::Contacts::default() },
        answers,
        warned: vec![],
        channel,
        at: w.now(),
        language: Language::Ja,
    }
}

fn take_in(w: &World, clerk: &access::Staff, filed: Filed, seen: Option<Identified>) -> Result<CaseNumber, Refused> {
    w.act(clerk, move |tx, acting| receiving::taken_in(tx, acting, filed.clone(), seen.as_ref()))
}

fn of(typed: &Typed, w: &World, procedure: &str) -> definitions::answer::Answers {
    let town = w.town.current();
    definitions::form::fill(&town.procedures[procedure], typed, &definitions::facts::NoFacts, w.today()).answers
}

store::on_both_engines! {
    fn a_lent_draft_keeps_its_files_and_they_are_attachments_of_the_case(place: Place) {
        let w = World::new(place);
        let (clerk, hatch) = (w.hire("鈴木", "general_affairs", "clerk"), Hatch::new(&w, place));
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let file = attach(&w, &draft, "sketches", b"%PDF-1.4 a map");
        lend(&w, draft.id, w.number());
        hatch.carry(&w);
        let case = draft.case;
        let [lent] = lent(&w).try_into().unwrap();
        assert_eq!(lent.typed.all("sketches").len(), 1);
        let number = take_in(&w, &clerk, filed(&w, "paper_request", case, Channel::Phone, of(&lent.typed, &w, "paper_request")), None).unwrap();
        assert_eq!(attachments::of(&w.case(number).answers), std::slice::from_ref(&file));
        let kept = w.desk.read(move |tx| attachments::kept(tx, case, &file.file)).unwrap().expect("it lies at the desk");
        assert_eq!(hatch.files.get(&kept.parse().unwrap()).unwrap(), b"%PDF-1.4 a map");
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 0, "nobody goes on with it any more");
        hatch.carry(&w);
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::NotFound)), "and the owner's is filed");
    }

    fn the_files_are_handed_up_though_the_clerk_was_quicker(place: Place) {
        let w = World::new(place);
        let (clerk, hatch) = (w.hire("鈴木", "general_affairs", "clerk"), Hatch::new(&w, place));
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let file = attach(&w, &draft, "sketches", b"%PDF-1.4 a map");
        lend(&w, draft.id, w.number());
        w.carry();
        let typed = lent(&w).remove(0).typed;
        take_in(&w, &clerk, filed(&w, "paper_request", draft.case, Channel::Phone, of(&typed, &w, "paper_request")), None).unwrap();
        w.carry();
        // The portal heard that it was filed before the job ran.
        let keys = w.keys.clone();
        let used = w.portal.read(move |tx| cases::orphans::of_portal(&keys)(tx)).unwrap();
        assert!(used.contains(store::files::FileRef(file.file.clone()).address()), "its files are not swept under the job");
        hatch.carry(&w);
        let case = draft.case;
        assert!(w.desk.read(move |tx| attachments::here(tx, case)).unwrap().contains(&file.file));
    }

    fn a_draft_that_comes_back_unfiled_stays_its_owners_with_its_files(place: Place) {
        let w = World::new(place);
        let hatch = Hatch::new(&w, place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let file = attach(&w, &draft, "sketches", b"%PDF-1.4 a map");
        lend(&w, draft.id, w.number());
        hatch.carry(&w);
        assert_eq!(w.count(&w.desk, "select count(*) from case_file"), 1);
        let (case, name) = (draft.case, file.file.clone());
        let copy = w.desk.read(move |tx| attachments::kept(tx, case, &name)).unwrap().unwrap();
        // The code has ended: the desk forgets both.
        w.minutes_later(filing::CODE_MINUTES + 1);
        let now = w.now();
        assert_eq!(w.desk.write(move |tx| cases::sweep_sheets(tx, now)).unwrap(), 1);
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 0);
        assert_eq!(w.count(&w.desk, "select count(*) from case_file"), 0);
        let named = w.desk.read(move |tx| cases::orphans::of_desk()(tx)).unwrap();
        assert!(!named.contains(store::files::FileRef(copy).address()), "and its copy of the file, which is swept");
        // The owner files it themselves: the same file comes once more, and is not taken for what was forgotten.
        let own = w.file(&draft, &hanako()).unwrap();
        hatch.carry(&w);
        assert!(w.desk.read(move |tx| attachments::here(tx, own.id)).unwrap().contains(&file.file));
        assert_eq!(attachments::of(&w.case(own.number).answers), [file]);
    }

    fn what_waits_for_its_definition_keeps_the_files_of_the_draft(place: Place) {
        let w = World::new(place);
        let hatch = Hatch::new(&w, place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        attach(&w, &draft, "sketches", b"%PDF-1.4 a map");
        lend(&w, draft.id, w.number());
        w.file(&draft, &hanako()).unwrap();
        let mut town = (*w.town.current()).clone();
        let procedure = Arc::make_mut(town.procedures.get_mut("paper_request").unwrap());
        procedure.version = definitions::procedure::Version("c0ffee".into());
        w.town.replace(town);
        hatch.carry(&w);
        assert_eq!(w.desk.read(|tx| tx.waiting_parcels(9)).unwrap().len(), 2, "the filing, and what became of its receipt");
        w.days_later(60);
        let now = w.now();
        w.desk.write(move |tx| cases::sweep_sheets(tx, now)).unwrap();
        assert_eq!(w.count(&w.desk, "select count(*) from case_file"), 1);
    }

    fn a_thrown_away_draft_goes_at_the_desk_too(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        lend(&w, draft.id, w.number());
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 1);
        let id = draft.id;
        w.resident(move |tx, terms| filing::drop_draft(tx, terms, id, &hanako())).unwrap();
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 0);
    }

    fn what_is_prepared_is_no_filing_until_the_counter_has_seen_the_person(place: Place) {
        let w = World::new(place);
        let clerk = w.hire("鈴木", "general_affairs", "clerk");
        let draft = w.typed("seal_report", &hanako(), &[("name", "佐藤 花子")]);
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::NotOffered)), "it cannot be filed here");
        let prepared = prepare(&w, draft.id, code(3)).unwrap();
        assert_eq!(prepared, Prepared { code: code(3), until: w.today().saturating_add(jiff::Span::new().days(PREPARED_DAYS)) });
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 0);
        assert_eq!(w.count(&w.portal, "select count(*) from own_case"), 0);
        assert_eq!(w.count(&w.portal, "select count(*) from notice"), 0, "nobody is told that anything was received");
        let answers = of(&lent(&w).remove(0).typed, &w, "seal_report");
        let report = |channel| filed(&w, "seal_report", draft.case, channel, answers.clone());
        for (channel, seen) in [(Channel::Counter, None), (Channel::Phone, Some(CARD)), (Channel::Paper, Some(CARD))] {
            assert!(matches!(take_in(&w, &clerk, report(channel), seen), Err(Refused::NotNow(_))), "{channel:?}");
        }
        let other = w.hire("上田", "environment", "clerk");
        assert!(matches!(take_in(&w, &other, report(Channel::Counter), Some(CARD)), Err(Refused::NotFound)), "another department");
        w.days_later(5);
        let number = take_in(&w, &clerk, report(Channel::Counter), Some(CARD)).unwrap();
        let case = w.case(number);
        assert_eq!((case.channel, case.filed_at), (Channel::Counter, w.now()), "it is received at the counter, then");
        let seen = w.story(case.id).into_iter().find_map(|told| if let Event::Identity { identified } = told.event { Some(identified) } else { None });
        assert_eq!(seen, Some(CARD));
        assert_eq!(take_in(&w, &clerk, report(Channel::Counter), Some(CARD)).unwrap(), number, "a second tap");
        assert_eq!(w.story_codes(case.id).iter().filter(|what| **what == "identity").count(), 1);
        w.carry();
        assert!(matches!(prepare(&w, draft.id, code(4)), Err(FilingRefused::NotFound)), "it is finished");
    }

    fn what_is_changed_after_preparing_is_what_the_clerk_sees_under_the_same_code(place: Place) {
        let w = World::new(place);
        let hatch = Hatch::new(&w, place);
        let draft = w.typed("seal_report", &hanako(), &[("name", "佐藤 花子")]);
        prepare(&w, draft.id, code(3)).unwrap();
        w.minutes_later(1);
        w.save(draft.id, &hanako(), "who", typed(&[("name", "佐藤 はな子")])).unwrap();
        w.minutes_later(1);
        attach(&w, &draft, "print", b"%PDF-1.4 a seal");
        w.minutes_later(1);
        w.save(draft.id, &hanako(), "who", typed(&[("name", "佐藤 花")])).unwrap();
        hatch.carry(&w);
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 1, "one draft under one code");
        assert_eq!(w.parcels(&w.portal, attachments::FILE).len(), 1, "a file travels once");
        let last = lent(&w).pop().unwrap();
        assert_eq!((last.typed.first("name"), last.code.clone()), (Some("佐藤 花"), code(3).plain()));
        // Finishing once more keeps the code and moves its end.
        w.days_later(3);
        let again = prepare(&w, draft.id, code(9)).unwrap();
        assert_eq!((again.code, again.until), (code(3), w.today().saturating_add(jiff::Span::new().days(PREPARED_DAYS))));
        // After its end a new one is drawn.
        w.days_later(PREPARED_DAYS + 1);
        assert_eq!(prepare(&w, draft.id, code(9)).unwrap().code, code(9));
    }

    fn a_code_ends_whatever_the_portal_says_and_is_swept(place: Place) {
        let w = World::new(place);
        let draft = w.typed("seal_report", &hanako(), &[("name", "佐藤 花子")]);
        prepare(&w, draft.id, code(3)).unwrap();
        let mut lent = lent(&w).remove(0);
        let end = cases::clock::noon(lent.until.unwrap()) + jiff::SignedDuration::from_hours(12);
        assert!(lent.still_works(end - jiff::SignedDuration::from_secs(1)) && !lent.still_works(end));
        lent.until = Some(w.today().saturating_add(jiff::Span::new().years(5)));
        assert!(!lent.still_works(end), "no longer than a preparation");
        // A short code is not made long by what is said of it.
        lent.code = w.number().plain();
        w.hand_up(&Up::Lent(Box::new(lent))).unwrap();
        w.minutes_later(filing::CODE_MINUTES + 1);
        let now = w.now();
        assert_eq!(w.desk.write(move |tx| cases::sweep_sheets(tx, now)).unwrap(), 1);
        w.carry();
        assert_eq!(w.desk.write(move |tx| cases::sweep_sheets(tx, now)).unwrap(), 0, "the prepared one stays");
        w.days_later(PREPARED_DAYS + 1);
        let now = w.now();
        assert_eq!(w.desk.write(move |tx| cases::sweep_sheets(tx, now)).unwrap(), 1);
        assert_eq!(w.portal.write(move |tx| cases::sweep_drafts(tx, now)).unwrap(), 0, "the draft can be prepared anew");
        w.days_later(1);
        let now = w.now();
        assert_eq!(w.portal.write(move |tx| cases::sweep_drafts(tx, now)).unwrap(), 1);
    }

    fn a_code_that_still_works_is_taken_from_nobody(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let code = w.number();
        lend(&w, draft.id, code);
        w.carry();
        let mut other = lent(&w).remove(0);
        let theirs = CaseId::new(uuid::Uuid::from_u128(5)).to_string();
        other.case = theirs.clone();
        let of = |w: &World| -> String { w.desk.read(|tx| tx.first("select case_id from lent_draft", store::params![])).unwrap().unwrap().get(0).unwrap() };
        w.minutes_later(5);
        other.at = w.now();
        w.hand_up(&Up::Lent(Box::new(other.clone()))).unwrap();
        assert_eq!(of(&w), draft.case.to_string());
        w.minutes_later(filing::CODE_MINUTES);
        other.at = w.now();
        w.hand_up(&Up::Lent(Box::new(other))).unwrap();
        assert_eq!(of(&w), theirs, "one that has ended is free");
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 1);
    }

    fn anothers_draft_is_not_prepared_and_an_unfinished_one_leads_to_its_page(place: Place) {
        let w = World::new(place);
        let draft = w.typed("seal_report", &hanako(), &[("name", "")]);
        let (id, seen) = (draft.id, w.version("seal_report"));
        let theirs = w.resident(move |tx, terms| filing::prepare(tx, terms, id, &another(), &seen, code(3)));
        assert!(matches!(theirs, Err(FilingRefused::NotFound)));
        assert!(matches!(prepare(&w, draft.id, code(3)), Err(FilingRefused::Incomplete(Some(_)))));
        let (request, seen) = (w.typed("paper_request", &hanako(), HANAKO).id, w.version("paper_request"));
        let not_so = w.resident(move |tx, terms| filing::prepare(tx, terms, request, &hanako(), &seen, code(3)));
        assert!(matches!(not_so, Err(FilingRefused::NotOffered)), "what is filed is not prepared");
        assert_eq!(w.ups().len(), 0);
    }

    fn a_broken_portal_files_nothing_that_is_only_prepared_and_vouches_for_no_paper(place: Place) {
        let w = World::new(place);
        let case = CaseId::new(uuid::Uuid::from_u128(5));
        let forged = filed(&w, "seal_report", case, Channel::Online, answers(&[("name", "佐藤 花子")]));
        assert!(w.hand_up(&Up::Filed(Box::new(forged))).unwrap_err().to_string().contains("desk-refused-not-online"));
        let mut paper = of(&typed(HANAKO), &w, "paper_request");
        let seen = Papers { files: vec![], ways: vec![PaperWay::Seen], note: String::new() };
        paper.insert("sketches".parse().unwrap(), Answer::Papers(seen));
        let forged = filed(&w, "paper_request", case, Channel::Online, paper);
        assert!(w.hand_up(&Up::Filed(Box::new(forged))).unwrap_err().to_string().contains("desk-refused-answers"));
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 0);
    }

    fn what_is_filed_anew_after_the_portal_was_restored_is_neither_lost_nor_doubled(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let first = w.file(&draft, &hanako()).unwrap();
        w.carry();
        // The portal is as it was in the night before: the draft is there, and nothing was filed.
        let (id, case) = (draft.id.to_string(), draft.case.to_string());
        let keys = w.keys.clone();
        w.portal
            .write(move |tx| -> Result<(), store::StoreError> {
                let typed = keys.seal("case_draft.typed", &serde_json::to_vec(&typed(HANAKO)).unwrap())?;
                tx.run("update case_draft set filed = 0, typed = $2 where id = $1", store::params![&id, typed])?;
                tx.run("delete from own_case where id = $1", store::params![&case])?;
                tx.run("delete from own_event where case_id = $1", store::params![&case])?;
                tx.run("delete from notice", store::params![]).map(drop)
            })
            .unwrap();
        // The desk says once more what it said since then; that leaves her the draft.
        for down in w.downs() {
            w.hand_down(&down).unwrap();
        }
        w.minutes_later(60 * 10);
        w.save(draft.id, &hanako(), "what", typed(&[("documents", "西公園の改修工事の契約書"), ("items.0.title", "契約書")])).unwrap();
        let second = w.file(&draft, &hanako()).unwrap();
        assert_ne!(first.number, second.number);
        w.carry();
        assert_eq!(w.dead(), []);
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 1, "one case");
        let there = w.case(first.number);
        assert_eq!(there.also, [second.number], "that both numbers find");
        assert!(format!("{:?}", there.answers).contains("中央公園"), "what was filed first stands");
        let told = w.story(draft.case).into_iter().find_map(|told| if let Event::FiledAgain { sent, .. } = told.event { Some(sent) } else { None });
        assert!(format!("{told:?}").contains("西公園"), "and what was filed anew is read");
        assert_eq!(w.own(draft.case).state, OwnState::InReview, "the person hears that the office has it");
        // What comes twice takes effect once.
        let again = w.ups().into_iter().rfind(|up| matches!(up, Up::Filed(_))).unwrap();
        w.hand_up(&again).unwrap();
        assert_eq!(w.case(first.number).also, [second.number]);
        assert_eq!(w.story_codes(draft.case).iter().filter(|what| **what == "filed-again").count(), 1);
    }

    fn what_a_clerk_keyed_in_is_counted_on_its_day_with_the_scans_of_its_sheet(place: Place) {
        let w = World::new(place);
        let (clerk, other) = (w.hire("鈴木", "general_affairs", "clerk"), w.hire("小野", "general_affairs", "clerk"));
        let scan = FileAnswer { file: "ab.01".into(), name: "申請書.pdf".into(), media: "application/pdf".into(), bytes: 9 };
        let (case, second) = (CaseId::draw(w.now()), CaseId::draw(w.now()));
        let sheet = keyed::Keyed { scans: vec![scan.clone()] };
        let (first, empty) = (sheet.clone(), keyed::Keyed::default());
        w.act(&clerk, move |tx, acting| Ok(keyed::keep(tx, acting.keys, case, acting.staff.id, acting.today(), &first)?)).unwrap();
        // Sent once more, by whomever: what was noted first stands.
        let again = empty.clone();
        w.act(&other, move |tx, acting| Ok(keyed::keep(tx, acting.keys, case, acting.staff.id, acting.today(), &again)?)).unwrap();
        w.act(&clerk, move |tx, acting| Ok(keyed::keep(tx, acting.keys, second, acting.staff.id, acting.today(), &empty)?)).unwrap();
        let counted = |who: &access::Staff, day: jiff::civil::Date| {
            let id = who.id;
            w.desk.read(move |tx| keyed::count(tx, id, day)).unwrap()
        };
        assert_eq!((counted(&clerk, w.today()), counted(&other, w.today())), (2, 0));
        assert_eq!(counted(&clerk, w.today().tomorrow().unwrap()), 0, "another day begins with none");
        let keys = w.desk_keys.clone();
        assert_eq!(w.desk.read(move |tx| keyed::scans(tx, &keys, case)).unwrap(), [scan]);
        let (keys, other_case) = (w.desk_keys.clone(), CaseId::draw(w.now()));
        assert_eq!(w.desk.read(move |tx| keyed::scans(tx, &keys, other_case)).unwrap(), []);
        let body: Vec<u8> = w.desk.read(|tx| tx.first("select body from case_keyed", store::params![])?.unwrap().get(0)).unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("申請書"), "sealed");
    }
}
