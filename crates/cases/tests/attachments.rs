//! 添付 through the hatch: one that was set aside is sent on by hand as any other message.

mod world;

use std::sync::Arc;

use cases::{attachments, filing, orphans, receiving::desk_receivers};
use definitions::answer::FileAnswer;
use store::files::{FileRef, Files};
use world::{HANAKO, World, hanako, two_days_old};

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

    fn the_desk_deletes_what_nothing_names_and_nothing_that_is_filed_meanwhile(place: Place) {
        let w = World::new(place);
        let folder = place.folder().join("desk-files");
        let files = Files::open(&folder, store::testing::keys().face(store::keys::Face::Desk).unwrap()).unwrap();
        let put = |words: &str| files.put(words.as_bytes()).unwrap();
        let named = |sql: &'static str, id: store::Param, file: &FileRef| {
            let file = file.to_string();
            w.desk.write(move |tx| tx.run(sql, store::params![&id, &file])).unwrap();
        };
        const OF_CASE: &str = "insert into case_file (case_id, filed, kept) values ('case', $1, $2)";
        const OF_LETTER: &str = "insert into letter (id, case_id, department, template, state, document_number, bears, verify, run, template_digest, \
            fonts_digest, inputs_digest, inputs, ordered_at, file) values ('l', 'case', 'd', 't', 'voided', 'n', '2026-11-24', 'v', 1, '', '', '', $1, 0, $2)";
        let (orphan, young, letter) = (put("orphan"), put("young"), put("letter"));
        // More than one page of rows.
        let filed: Vec<FileRef> = (0..3).map(|turn| put(&format!("filed {turn}"))).collect();
        named(OF_LETTER, Vec::<u8>::new().into(), &letter);
        for (file, id) in filed.iter().zip(["a", "b", "c"]) {
            named(OF_CASE, id.into(), file);
        }
        w.desk
            .write(|tx| {
                for turn in 0..600 {
                    tx.run("insert into case_file (case_id, filed, kept) values ($1, 'x', 'gone.00')", store::params![format!("b{turn}")])?;
                }
                Ok::<_, store::StoreError>(())
            })
            .unwrap();
        filed.iter().chain([&orphan, &letter]).for_each(|file| two_days_old(&folder, file));

        // While the sweep runs, after it has read what rows name, one more is filed.
        let late: Arc<std::sync::Mutex<Option<FileRef>>> = Arc::default();
        let (desk, put_late, filed_late) = (w.desk.store().clone(), files.clone(), late.clone());
        let in_use: orphans::InUse = Arc::new(move |tx| {
            let used = orphans::of_desk()(tx)?;
            let file = put_late.put(b"late")?;
            let kept = file.to_string();
            desk.write(move |tx| tx.run(OF_CASE, store::params!["late", &kept]))?;
            *filed_late.lock().unwrap() = Some(file);
            Ok(used)
        });
        let sweep: Vec<Arc<dyn store::jobs::JobHandler>> =
            vec![Arc::new(orphans::SweepFiles { store: w.desk.store().clone(), files: files.clone(), in_use })];
        let day = w.today();
        for _ in 0..2 {
            w.desk.write(move |tx| orphans::ask(tx, day)).unwrap();
        }
        assert_eq!(store::jobs::run_due(&w.desk, &sweep).unwrap(), 1, "once a day");
        assert!(files.get(&orphan).is_err());
        let late = late.lock().unwrap().clone().unwrap();
        for kept in filed.iter().chain([&young, &letter, &late]) {
            assert!(files.get(kept).is_ok(), "{kept}");
        }
        let said = w.desk.read(|tx| tx.first("select actor, record, why from store_entry where what = 'files-swept'", store::params![])).unwrap().unwrap();
        let said: Vec<String> = (0..3).map(|at| said.get(at).unwrap()).collect();
        assert_eq!(said, ["town", &day.to_string(), "1"], "the journal says how many");
    }
}
