//! 送信の途中: files in pieces, on both engines. What was acknowledged stays, nothing is taken twice, and nobody gets at another's.

mod world;

use cases::{
    FilingRefused,
    attachments::FileRefused,
    draft::{Draft, DraftId, Owner},
    filing,
    uploads::{self, BY_ADDRESS, BY_SESSION, NotTaken, OPEN_MAX, Offer, PIECE_BYTES, Sender, Upload, UploadId},
};
use definitions::answer::FileAnswer;
use store::params;
use world::{World, another, hanako};

const QUESTION: &str = "sketches";

/// Two whole pieces and a bit, of which no two stretches are alike.
fn map() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..150_000_u32).flat_map(u32::to_le_bytes));
    bytes
}

fn pieces(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    bytes.chunks(PIECE_BYTES as usize).enumerate().map(|(turn, piece)| (turn as u32 * PIECE_BYTES, piece.to_vec())).collect()
}

fn id(number: u128) -> UploadId {
    UploadId(uuid::Uuid::from_u128(number))
}

fn sender_of(owner: &Owner) -> Sender {
    Sender { session: owner.session.clone(), address: "home".into() }
}

type Taken<T> = Result<Result<T, NotTaken>, FilingRefused>;

fn open_for(w: &World, owner: &Owner, (draft, field): (DraftId, &'static str), size: u64, number: u128) -> Taken<Upload> {
    let (owner, sender) = (owner.clone(), sender_of(owner));
    let offer = Offer { offered: format!("try-{number}"), name: "見取図.pdf".into(), size };
    w.resident(move |tx, terms| uploads::open(tx, terms, &owner, (draft, field), &sender, &offer, id(number)))
}

fn open(w: &World, draft: &Draft, size: usize, number: u128) -> Taken<Upload> {
    open_for(w, &hanako(), (draft.id, QUESTION), size as u64, number)
}

fn append_as(w: &World, owner: &Owner, place: (DraftId, &'static str), number: u128, (at, piece): (u32, Vec<u8>)) -> Taken<Upload> {
    let owner = owner.clone();
    w.resident(move |tx, terms| uploads::append(tx, terms, &owner, place, id(number), at, &piece))
}

fn append(w: &World, draft: &Draft, number: u128, piece: (u32, Vec<u8>)) -> Taken<Upload> {
    append_as(w, &hanako(), (draft.id, QUESTION), number, piece)
}

fn finish(w: &World, draft: &Draft, number: u128, file: &str) -> Taken<()> {
    let (draft, file) = (draft.id, FileAnswer { file: file.into(), name: "見取図.pdf".into(), media: "application/pdf".into(), bytes: 9 });
    w.resident(move |tx, terms| uploads::finish(tx, terms, &hanako(), (draft, QUESTION), id(number), &file))
}

fn piece_at(w: &World, number: u128, at: u32) -> Result<Option<Vec<u8>>, store::StoreError> {
    let keys = w.keys.clone();
    w.portal.read(move |tx| uploads::piece(tx, &keys, id(number), at))
}

fn count_pieces(w: &World) -> i64 {
    w.count(&w.portal, "select count(*) from case_upload_piece")
}

fn sealed(w: &World, at: u32) -> Vec<u8> {
    let sql = "select sealed from case_upload_piece where at = $1";
    w.portal.read(move |tx| tx.first(sql, params![at])).unwrap().unwrap().get(0).unwrap()
}

fn begun(w: &World) -> Draft {
    w.begin("paper_request", &hanako()).unwrap()
}

store::on_both_engines! {
    fn a_file_comes_in_pieces_and_is_the_drafts_once(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        assert_eq!(open(&w, &draft, bytes.len(), 1).unwrap().unwrap().received, 0);
        let mut first = None;
        for (at, piece) in pieces(&bytes) {
            let grown = append(&w, &draft, 1, (at, piece.clone())).unwrap().unwrap();
            assert_eq!(grown.received, at + piece.len() as u32);
            // A fresh seal differs each time: what lies there was not written again.
            assert_eq!(*first.get_or_insert_with(|| sealed(&w, 0)), sealed(&w, 0));
        }
        let back: Vec<u8> = pieces(&bytes).iter().flat_map(|(at, _)| piece_at(&w, 1, *at).unwrap().unwrap()).collect();
        assert_eq!(back, bytes);
        assert_eq!(w.typed_in(draft.id).all(QUESTION).len(), 0, "until it was looked at it is nobody's");
        finish(&w, &draft, 1, "one").unwrap().unwrap();
        finish(&w, &draft, 1, "two").unwrap().unwrap();
        let kept = w.typed_in(draft.id);
        assert_eq!(kept.all(QUESTION).len(), 1);
        assert!(kept.first(QUESTION).unwrap().contains("\"one\""));
        assert_eq!(count_pieces(&w), 0, "nothing lies there twice");
        let again = append(&w, &draft, 1, pieces(&bytes).pop().unwrap()).unwrap();
        assert!(matches!(again, Err(NotTaken::Elsewhere(upload)) if upload.done && upload.received == upload.size));
    }

    fn a_piece_for_another_place_is_told_the_true_one(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        let all = pieces(&bytes);
        append(&w, &draft, 1, all[0].clone()).unwrap().unwrap();
        let (last, piece) = all[2].clone();
        let (short, long) = (vec![0; 10], vec![0; PIECE_BYTES as usize + 1]);
        for wrong in [all[0].clone(), (last, piece), (PIECE_BYTES - 1, all[1].1.clone()), (PIECE_BYTES, short), (PIECE_BYTES, long), (u32::MAX, vec![])] {
            let at = wrong.0;
            let told = append(&w, &draft, 1, wrong).unwrap();
            assert!(matches!(told, Err(NotTaken::Elsewhere(upload)) if upload.received == PIECE_BYTES), "{at}");
        }
        assert_eq!(count_pieces(&w), 1);
        append(&w, &draft, 1, all[1].clone()).unwrap().unwrap();
        let (at, mut much) = all[2].clone();
        much.push(0);
        assert!(append(&w, &draft, 1, (at, much)).unwrap().is_err(), "past its size nothing is taken");
    }

    fn of_one_piece_sent_twice_at_once_one_is_kept(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        for (at, piece) in pieces(&bytes) {
            let both: Vec<_> = (0..2)
                .map(|_| {
                    let (window, draft, piece) = (w.window(), draft.id, piece.clone());
                    let append = move || window.act(move |tx, terms| uploads::append(tx, terms, &hanako(), (draft, QUESTION), id(1), at, &piece));
                    std::thread::spawn(append)
                })
                .collect();
            let answers: Vec<_> = both.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        }
        assert_eq!(count_pieces(&w), 3);
        let both: Vec<_> = ["one", "two"]
            .map(|file| {
                let (window, draft) = (w.window(), draft.id);
                let file = FileAnswer { file: file.into(), name: "a.pdf".into(), media: "application/pdf".into(), bytes: 9 };
                std::thread::spawn(move || window.act(move |tx, terms| uploads::finish(tx, terms, &hanako(), (draft, QUESTION), id(1), &file)))
            })
            .into_iter()
            .collect();
        both.into_iter().for_each(|thread| thread.join().unwrap().unwrap().unwrap());
        assert_eq!(w.typed_in(draft.id).all(QUESTION).len(), 1);
    }

    fn anothers_upload_is_not_found(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        let (theirs, second) = (w.begin("paper_request", &another()).unwrap(), begun(&w));
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        let first = || pieces(&bytes)[0].clone();
        let gone = |refused: Option<FilingRefused>| matches!(refused, Some(FilingRefused::NotFound));
        assert!(gone(open_for(&w, &another(), (draft.id, QUESTION), 9, 2).err()), "a draft of hers");
        assert!(gone(open_for(&w, &hanako(), (draft.id, "documents"), 9, 2).err()), "a question that takes no files");
        assert!(gone(open_for(&w, &hanako(), (draft.id, "nothing"), 9, 2).err()));
        for (owner, place, why) in [
            (another(), (draft.id, QUESTION), "her draft"),
            (another(), (theirs.id, QUESTION), "her upload for a draft of theirs"),
            (hanako(), (second.id, QUESTION), "another draft of hers"),
            (hanako(), (draft.id, "documents"), "another question"),
        ] {
            assert!(gone(append_as(&w, &owner, place, 1, first()).err()), "{why}");
            let of = owner.clone();
            assert!(gone(w.resident(move |tx, terms| uploads::own(tx, terms, &of, place, id(1))).err()), "{why}");
            let file = FileAnswer { file: "x".into(), name: "x".into(), media: "x".into(), bytes: 1 };
            let of = owner.clone();
            assert!(gone(w.resident(move |tx, terms| uploads::finish(tx, terms, &of, place, id(1), &file)).err()), "{why}");
            assert!(gone(w.resident(move |tx, terms| uploads::discard(tx, terms, &owner, place, id(1))).err()), "{why}");
        }
        append(&w, &draft, 1, first()).unwrap().unwrap();
        assert_eq!(count_pieces(&w), 1);
    }

    fn what_is_empty_or_too_large_is_refused_before_a_byte_is_sent(place: Place) {
        let w = World::new(place);
        let draft = begun(&w);
        let offered = |size| open_for(&w, &hanako(), (draft.id, QUESTION), size, 1).unwrap();
        assert_eq!(offered(0), Err(NotTaken::File(FileRefused::Empty)));
        for size in [(10 << 20) + 1, u64::from(u32::MAX) + 5, u64::MAX] {
            assert_eq!(offered(size), Err(NotTaken::File(FileRefused::Large)), "{size}");
        }
        assert!(offered(10 << 20).is_ok());
    }

    fn a_session_has_only_so_many_and_so_much_on_its_way(place: Place) {
        let w = World::new(place);
        let draft = begun(&w);
        for number in 1..=u128::from(OPEN_MAX) {
            open(&w, &draft, 1000, number).unwrap().unwrap();
        }
        assert_eq!(open(&w, &draft, 1000, 100).unwrap(), Err(NotTaken::File(FileRefused::TooMany)));
        assert!(open(&w, &draft, 1000, 1).unwrap().is_ok(), "one that has begun is found again");
        let theirs = w.begin("paper_request", &another()).unwrap();
        assert!(open_for(&w, &another(), (theirs.id, QUESTION), 1000, 101).unwrap().is_ok(), "others do not wait for her");
        let place = (draft.id, QUESTION);
        w.resident(move |tx, terms| uploads::discard(tx, terms, &hanako(), place, id(1))).unwrap();
        assert!(open(&w, &draft, 1000, 102).unwrap().is_ok(), "what was given up makes room");
        for number in 103..107 {
            open_for(&w, &another(), (theirs.id, QUESTION), 10 << 20, number).unwrap().unwrap();
        }
        let last = open_for(&w, &another(), (theirs.id, QUESTION), 10 << 20, 108).unwrap();
        assert_eq!(last, Err(NotTaken::File(FileRefused::TooMany)), "forty megabytes and a kilobyte, and ten more");
    }

    fn files_are_counted_by_session_and_by_address(place: Place) {
        let w = World::new(place);
        let draft = begun(&w);
        let place = (draft.id, QUESTION);
        for number in 0..u128::from(BY_SESSION.most) {
            open(&w, &draft, 1000, number).unwrap().unwrap();
            assert!(open(&w, &draft, 1000, number).unwrap().is_ok(), "an offer that is repeated costs nothing");
            w.resident(move |tx, terms| uploads::discard(tx, terms, &hanako(), place, id(number))).unwrap();
        }
        assert!(matches!(open(&w, &draft, 1000, 1000).unwrap(), Err(NotTaken::Wait(_))));
        w.minutes_later(1);
        assert!(open(&w, &draft, 1000, 1001).unwrap().is_ok());
        assert!(matches!(open(&w, &draft, 1000, 1002).unwrap(), Err(NotTaken::Wait(_))));

        let now = w.now();
        let of = |session: String, address: &str| Sender { session, address: address.to_owned() };
        w.portal
            .write(move |tx| {
                for turn in 0..BY_ADDRESS.most {
                    assert!(uploads::count(tx, &of(format!("s{turn}"), "library"), now)?.is_ok(), "{turn}");
                }
                assert!(uploads::count(tx, &of("late".into(), "library"), now)?.is_err());
                assert!(uploads::count(tx, &of("late".into(), "elsewhere"), now)?.is_ok());
                Ok::<_, store::StoreError>(())
            })
            .unwrap();
    }

    fn after_a_day_what_is_half_sent_is_gone_and_swept(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        let now = w.now();
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        append(&w, &draft, 1, pieces(&bytes)[0].clone()).unwrap().unwrap();
        w.minutes_later(60);
        open(&w, &draft, bytes.len(), 2).unwrap().unwrap();
        append(&w, &draft, 2, pieces(&bytes)[0].clone()).unwrap().unwrap();
        let half = |w: &World| {
            let draft = draft.id;
            w.resident(move |tx, terms| Ok(uploads::half_sent(tx, terms, draft)?)).unwrap().len()
        };
        assert_eq!(half(&w), 2);
        let day = now + jiff::SignedDuration::from_hours(24);
        w.days_later(1);
        w.minutes_later(-60);
        assert_eq!(w.now(), day);
        assert_eq!(half(&w), 1);
        assert!(matches!(append(&w, &draft, 1, pieces(&bytes)[1].clone()), Err(FilingRefused::NotFound)));
        let swept = || w.portal.write(move |tx| uploads::sweep(tx, day)).unwrap();
        assert_eq!((swept(), swept()), (1, 0));
        assert_eq!(count_pieces(&w), 1, "the younger one still waits");
        append(&w, &draft, 2, pieces(&bytes)[1].clone()).unwrap().unwrap();
    }

    fn pieces_lie_sealed_each_in_its_place(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        for piece in &pieces(&bytes)[..2] {
            append(&w, &draft, 1, piece.clone()).unwrap().unwrap();
        }
        assert!(!sealed(&w, 0).windows(8).any(|window| window == b"%PDF-1.7"));
        let label: Vec<u8> = w.portal.read(|tx| tx.first("select label from case_upload", params![])).unwrap().unwrap().get(0).unwrap();
        assert!(!String::from_utf8_lossy(&label).contains("見取図"));
        place.meddle("portal", &format!("update case_upload_piece set at = 7 where at = 0; update case_upload_piece set at = 0 where at = {PIECE_BYTES}"));
        assert!(piece_at(&w, 1, 0).is_err(), "a piece that was put in another's place does not open");
    }

    fn a_draft_that_is_thrown_away_takes_what_is_half_sent_along(place: Place) {
        let w = World::new(place);
        let (draft, bytes) = (begun(&w), map());
        open(&w, &draft, bytes.len(), 1).unwrap().unwrap();
        append(&w, &draft, 1, pieces(&bytes)[0].clone()).unwrap().unwrap();
        let id = draft.id;
        w.resident(move |tx, terms| filing::drop_draft(tx, terms, id, &hanako())).unwrap();
        assert_eq!((count_pieces(&w), w.count(&w.portal, "select count(*) from case_upload")), (0, 0));
    }

    fn a_question_that_was_filled_meanwhile_takes_no_more(place: Place) {
        let w = World::new(place);
        let draft = begun(&w);
        open(&w, &draft, 9, 1).unwrap().unwrap();
        append(&w, &draft, 1, (0, b"%PDF-1.7\n".to_vec())).unwrap().unwrap();
        let most = w.town.current().procedures["paper_request"].field(QUESTION).map(|field| match field.kind {
            definitions::field::Kind::Files { at_most, .. } => at_most,
            _ => 0,
        });
        let (id, most) = (draft.id, most.unwrap());
        let fill = move |typed: &mut definitions::typed::Typed| (0..most).try_for_each(|turn| typed.push(QUESTION, format!("{{\"file\":\"{turn}\"}}")));
        w.resident(move |tx, terms| filing::change_files(tx, terms, id, &hanako(), QUESTION, |typed, _| fill(typed))).unwrap();
        assert_eq!(open(&w, &draft, 9, 2).unwrap(), Err(NotTaken::File(FileRefused::Full)));
        assert_eq!(finish(&w, &draft, 1, "late").unwrap(), Err(NotTaken::File(FileRefused::Full)));
        assert_eq!(w.typed_in(draft.id).all(QUESTION).len(), most as usize);
        assert_eq!(count_pieces(&w), 0);
    }
}
