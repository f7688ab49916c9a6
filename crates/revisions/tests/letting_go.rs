//! A portal behind the wall lets go of what was published once its folder says the same, and nothing older comes up again.

use std::collections::BTreeMap;

use definitions::sources::Sources;
use jiff::civil::date;
use revisions::layer::{self, PUBLISHED, Shelf};
use serde_json::json;
use store::{Parcel, Portal, StoreError, testing::Place};

const PATH: &str = "procedures/tree_request.yaml";

struct World {
    portal: Portal,
}

impl World {
    fn new(place: &Place) -> World {
        World { portal: Portal::new(place.open("portal", revisions::PORTAL_MIGRATIONS)) }
    }

    /// The hatch brings a text that the desk published.
    fn published(&self, number: i64, text: &str) {
        let body = json!({ "procedure": "tree_request", "published": number, "files": [[PATH, text]] }).to_string();
        let parcel = Parcel { kind: PUBLISHED.to_owned(), id: number.to_string(), body: body.into_bytes() };
        let receivers = layer::portal_receivers();
        self.portal
            .write::<_, StoreError>(move |tx| {
                receivers.iter().for_each(|receiver| receiver.receive(tx, &parcel).unwrap());
                Ok(())
            })
            .unwrap();
    }

    /// What residents are served over a folder that says this.
    fn served(&self, folder: &str) -> String {
        let files = BTreeMap::from([(PATH.to_owned(), folder.as_bytes().to_vec())]);
        let folder = Sources { town: "small".into(), folders: BTreeMap::from([("small".to_owned(), files)]), ..Sources::default() };
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let layer = Shelf::Portal(self.portal.clone()).layer(&folder, date(2026, 12, 1), now).unwrap();
        String::from_utf8(layer.over(folder).folders["small"][PATH].clone()).unwrap()
    }
}

store::on_both_engines! {
    fn what_the_folder_says_itself_lies_over_it_no_more(place: Place) {
        let world = World::new(place);
        assert_eq!(world.served("minutes: 3"), "minutes: 3");
        world.published(1, "minutes: 8");
        assert_eq!(world.served("minutes: 3"), "minutes: 8");
        assert_eq!(world.served("minutes: 3"), "minutes: 8", "as long as the folder says something else");
        // The town writes it into its folder, and changes it there later on.
        assert_eq!(world.served("minutes: 8"), "minutes: 8");
        assert_eq!(world.served("minutes: 12"), "minutes: 12", "the desk shows the folder's text, and so does the portal");
        world.published(2, "minutes: 15");
        assert_eq!(world.served("minutes: 12"), "minutes: 15");
    }

    fn an_older_publication_that_comes_late_does_not_come_up_again(place: Place) {
        let world = World::new(place);
        world.published(5, "minutes: 8");
        assert_eq!(world.served("minutes: 8"), "minutes: 8");
        world.published(4, "minutes: 3");
        assert_eq!(world.served("minutes: 12"), "minutes: 12");
    }
}
