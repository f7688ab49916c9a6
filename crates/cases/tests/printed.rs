//! 印刷して出す: a draft that its owner prints, signs and hands in on paper, under the code that a clerk takes it over by.

mod world;

use cases::{
    FilingRefused,
    draft::DraftId,
    filing,
    parcel::{Lent, Up},
    preparation::{PREPARED_DAYS, PreparationCode, Prepared},
};
use world::*;

fn code(first: u8) -> PreparationCode {
    PreparationCode::draw([first; 22])
}

fn print(w: &World, draft: DraftId, owner: cases::draft::Owner, drawn: PreparationCode) -> Result<Prepared, FilingRefused> {
    w.resident(move |tx, terms| filing::print(tx, terms, draft, &owner, drawn))
}

fn lent(w: &World) -> Vec<Lent> {
    let ups = w.ups().into_iter();
    ups.filter_map(|up| if let Up::Lent(lent) = up { Some(*lent) } else { None }).collect()
}

store::on_both_engines! {
    fn a_printed_draft_is_shown_to_the_desk_under_its_code_finished_or_not(place: Place) {
        let w = World::new(place);
        // Nothing but a name: the rest is filled in by hand.
        let draft = w.typed("paper_request", &hanako(), &[("name", "佐藤 花子")]);
        let printed = print(&w, draft.id, hanako(), code(3)).unwrap();
        assert_eq!(printed, Prepared { code: code(3), until: w.today().saturating_add(jiff::Span::new().days(PREPARED_DAYS)) });
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 0, "nothing was filed");
        let there = lent(&w).remove(0);
        assert_eq!((there.code, there.typed.first("name")), (code(3).plain(), Some("佐藤 花子")));
        // Printed once more the sheet bears the same code; after its end a new one.
        w.days_later(3);
        assert_eq!(print(&w, draft.id, hanako(), code(9)).unwrap().code, code(3));
        w.days_later(PREPARED_DAYS + 1);
        assert_eq!(print(&w, draft.id, hanako(), code(9)).unwrap().code, code(9));
    }

    fn nobody_prints_anothers_draft_and_a_filed_one_is_not_printed(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        assert!(matches!(print(&w, draft.id, another(), code(3)), Err(FilingRefused::NotFound)));
        assert!(lent(&w).is_empty(), "the desk was shown nothing");
        let own = w.file(&draft, &hanako()).unwrap();
        assert!(matches!(print(&w, draft.id, hanako(), code(3)), Err(FilingRefused::AlreadyFiled(number)) if number == own.number));
    }

    fn what_was_printed_and_is_filed_online_all_the_same_is_one_case(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        print(&w, draft.id, hanako(), code(3)).unwrap();
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 1);
        w.file(&draft_of(&w, draft.id), &hanako()).unwrap();
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 1);
        assert_eq!(w.count(&w.desk, "select count(*) from lent_draft"), 0, "the code opens nothing any more");
    }
}

fn draft_of(w: &World, id: DraftId) -> cases::draft::Draft {
    w.resident(move |tx, terms| filing::own_draft(tx, terms.keys, id, &hanako())).unwrap()
}
