//! 添付 through the hatch: one that was set aside is sent on by hand as any other message.

mod world;

use std::sync::Arc;

use cases::{attachments, filing, receiving::desk_receivers};
use definitions::answer::FileAnswer;
use store::files::Files;
use world::{HANAKO, World, hanako};

store::on_both_engines! {
    fn an_attachment_that_was_set_aside_is_sent_on_by_hand(place: Place) {
        let w = World::new(place);
        let kept = w.files.put(b"%PDF-1.4 a map").unwrap();
        let file = FileAnswer { file: kept.to_string(), name: "見取図.pdf".into(), media: "application/pdf".into(), bytes: 14 };
        let (draft, json) = (w.typed("paper_request", &hanako(), HANAKO), serde_json::to_string(&file).unwrap());
        let id = draft.id;
        w.resident(move |tx, terms| filing::change_files(tx, terms, id, &hanako(), "sketches", |draft, _| draft.push("sketches", &json))).unwrap();
        let own = w.file(&draft, &hanako()).unwrap();
        let hand_up = attachments::HandUp { portal: w.portal.clone(), files: w.files.clone(), keys: Arc::clone(&w.keys) };
        let runner = store::jobs::run(&w.portal, vec![Arc::new(hand_up)], 1).unwrap();
        let parcels = || w.parcels(&w.portal, attachments::FILE).len();
        store::testing::until("the job has handed it up", || parcels() == 1);
        drop(runner);
        // This desk's hatch knows nobody who takes attachments: the message is set aside.
        w.carry();
        let dead = w.dead();
        assert_eq!(dead.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), [attachments::FILE]);
        let here = || w.desk.read(move |tx| attachments::here(tx, own.id)).unwrap();
        assert!(here().is_empty());

        let files = Files::open(&place.folder().join("desk-files"), store::testing::keys().face(store::keys::Face::Desk).unwrap()).unwrap();
        let receivers = desk_receivers(&w.town, &w.desk_keys, &files, &access::Clock::fixed(w.now()));
        assert!(store::hatch::resume(&w.desk, &receivers, attachments::FILE, &dead[0].id).unwrap());
        assert!(w.dead().is_empty());
        assert!(here().contains(&kept.to_string()));
        let filed = kept.to_string();
        let copy = w.desk.read(move |tx| attachments::kept(tx, own.id, &filed)).unwrap().unwrap();
        assert_eq!(files.get(&copy.parse().unwrap()).unwrap(), b"%PDF-1.4 a map");
        assert!(!store::hatch::resume(&w.desk, &receivers, attachments::FILE, &dead[0].id).unwrap(), "there is none any more");
    }
}
