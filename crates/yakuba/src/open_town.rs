//! An open town: its stores, the hatch that carries between them, the jobs that run behind its pages, and its routes.

use std::{path::PathBuf, sync::Arc};

use access::{Clock, DeskDoor, DeskFace, PortalFace, staff::password::PasswordChecks};
use axum::Router;
use cases::orphans::SweepFiles;
use definitions::town::Town;
use jiff::{SignedDuration, Timestamp};
use letters::{Press, Typesetter};
use messages::{
    TownVoice,
    contact::MailAddress,
    mailing::Mailing,
    relay::{PostOffice, Relay},
};
use revisions::layer::Shelf;
use store::{
    Desk, Store,
    hatch::{self, FolderSide, Hatch},
    jobs::{self, Runner},
    keys,
};
use web::{Doors, Stores, health::Health};

use crate::{
    Failure,
    command::Face,
    house::{self, House},
    maintenance,
    town::Loaded,
};

/// How a town is opened.
pub struct Opening {
    /// Where its data is.
    pub house: House,
    /// Its folder, loaded.
    pub loaded: Loaded,
    /// Which faces.
    pub face: Face,
    /// The folder of the hatch, when the other face is on another machine.
    pub hatch: Option<PathBuf>,
    /// Where people reach the portal.
    pub site: String,
    /// The mail server, and the address that mail comes from.
    pub mail: Option<(Relay, MailAddress)>,
    /// Whether this is a demonstration.
    pub demo: bool,
}

/// An open town: its routes, and what must live as long as it is open.
pub struct OpenTown {
    /// Residents' side, where this node opens it.
    pub portal: Option<PortalFace>,
    /// Staff's side, likewise.
    pub desk: Option<DeskFace>,
    /// What pages of cases need besides.
    pub tools: cases::Tools,
    loaded: Loaded,
    /// This face's end of the folder to the other machine, where there is one.
    folder: Option<Arc<FolderSide>>,
    _hatch: Hatch,
    _runners: Vec<Runner>,
    _figures: Option<figures::following::Following>,
}

/// Threads that hand mail over: a slow server keeps two waiting, no more.
const MAIL_THREADS: usize = 2;

impl Opening {
    /// Opens the stores and starts what works behind the pages.
    ///
    /// # Errors
    /// When keys, stores or threads cannot be had.
    pub fn open(self) -> Result<OpenTown, Failure> {
        let town = self.loaded.town.current().id.to_string();
        maintenance::remember_town(&self.house, &town)?;
        let keys = self.house.keys()?;
        let tools = cases::Tools {
            press: Arc::new(Press::of_this_program()?),
            portal: self.site.as_str().into(),
            finders: cases::catalogue::Finders::default(),
        };
        let https = self.site.starts_with("https://");
        let portal = match self.face {
            Face::Desk => None,
            Face::Portal | Face::Both => Some(self.portal_face(&town, &keys, https)?),
        };
        let desk = match self.face {
            Face::Portal => None,
            Face::Desk | Face::Both => Some(self.desk_face(&town, &keys, https)?),
        };
        match (&desk, &portal) {
            (Some(desk), _) => self.loaded.lie_under(Shelf::Desk(desk.store.clone()))?,
            (None, Some(portal)) => self.loaded.lie_under(Shelf::Portal(portal.store.clone()))?,
            (None, None) => {}
        }
        if let Some(desk) = &desk {
            keep_definitions(&desk.store, &self.loaded.town.current())?;
        }
        let (hatch, folder) = self.hatch(portal.as_ref(), desk.as_ref(), &keys)?;
        if let Some(desk) = &desk {
            let town = self.loaded.town.current();
            desk.store.write(move |tx| registry::publish::publish_all_options(tx, &town))?;
        }
        let mut runners = Vec::new();
        if let Some(portal) = &portal {
            runners.push(attachment_runner(portal)?);
            runners.push(program_runner(portal)?);
        }
        if let (Some(portal), Some((relay, from))) = (&portal, &self.mail) {
            runners.push(mail_runner(portal, relay, from, &self.site)?);
        }
        if let Some(desk) = &desk {
            runners.push(letter_runner(desk, &tools)?);
            runners.push(exchange_runner(desk, &self.site)?);
        }
        let follow = |desk: &DeskFace| figures::following::Follower::new(desk.store.clone(), desk.town.clone(), desk.keys.clone()).run();
        let figures = desk.as_ref().map(follow).transpose()?;
        Ok(OpenTown { portal, desk, tools, loaded: self.loaded, folder, _hatch: hatch, _runners: runners, _figures: figures })
    }

    fn portal_face(&self, town: &str, keys: &keys::Keys, https: bool) -> Result<PortalFace, Failure> {
        Ok(PortalFace {
            store: self.house.portal(town)?,
            town: self.loaded.town.clone(),
            words: self.loaded.words.clone(),
            keys: house::shared(keys, keys::Face::Portal)?,
            files: self.house.files(keys::Face::Portal, keys)?,
            clock: Clock::Real,
            demo: self.demo,
            https,
            on_sign_in: Arc::from([cases::on_sign_in as access::OnSignIn]),
        })
    }

    fn desk_face(&self, town: &str, keys: &keys::Keys, https: bool) -> Result<DeskFace, Failure> {
        let (shared, files) = (house::shared(keys, keys::Face::Desk)?, self.house.files(keys::Face::Desk, keys)?);
        Ok(DeskFace {
            store: self.house.desk(town)?,
            town: self.loaded.town.clone(),
            words: self.loaded.words.clone(),
            receivers: crate::hatch::to_desk(&self.loaded.town, &shared, &files, &Clock::Real).into(),
            keys: Arc::clone(&shared),
            files,
            clock: Clock::Real,
            demo: self.demo,
            https,
            passwords: PasswordChecks::default(),
            on_link: Arc::from([registry::publish::on_link as access::OnLink]),
            on_unlink: Arc::from([registry::publish::on_unlink as access::OnUnlink]),
            doors: doors(),
            on_leave: Arc::from([cases::leaving::release(self.loaded.town.clone(), shared)]),
        })
    }

    fn hatch(&self, portal: Option<&PortalFace>, desk: Option<&DeskFace>, keys: &keys::Keys) -> Result<Running, Failure> {
        let to_desk = desk.map(|desk| desk.receivers.to_vec());
        let to_portal = portal.map(|portal| crate::hatch::to_portal(&portal.town, &portal.keys, &portal.files));
        let (hatch, folder) = match (portal, desk, &self.hatch) {
            (Some(portal), Some(desk), None) => {
                return Ok((hatch::local(&portal.store, &desk.store, to_desk.unwrap_or_default(), to_portal.unwrap_or_default())?, None));
            }
            (Some(portal), None, Some(folder)) => {
                hatch::folder(&portal.store, keys::Face::Portal, keys, folder, to_portal.unwrap_or_default())?
            }
            (None, Some(desk), Some(folder)) => hatch::folder(&desk.store, keys::Face::Desk, keys, folder, to_desk.unwrap_or_default())?,
            (Some(_), Some(_), Some(_)) => return Err("both faces in one process need no --hatch folder; leave it out".into()),
            _ => return Err("one face alone needs --hatch FOLDER, through which it reaches the other".into()),
        };
        Ok((hatch, Some(folder)))
    }
}

/// A hatch, and this face's end of the folder where it leads through one.
type Running = (Hatch, Option<Arc<FolderSide>>);

/// Keeps a town's procedures at the desk, before anything is filed under them.
///
/// # Errors
/// When the store fails.
pub fn keep_definitions(desk: &Desk, town: &Town) -> Result<(), Failure> {
    let town = town.clone();
    Ok(desk.write(move |tx| cases::receiving::keep_definitions(tx, &town))?)
}

/// The pages of later rooms that stand in the desk's navigation.
fn doors() -> Arc<[DeskDoor]> {
    [rounds::DOORS, exchange::DOORS, figures::DOORS, api::DOORS, revisions::DOORS].concat().into()
}

fn mail_runner(portal: &PortalFace, relay: &Relay, from: &MailAddress, site: &str) -> Result<Runner, Failure> {
    let mailing = Mailing {
        store: portal.store.clone(),
        office: Arc::new(PostOffice::open(relay.clone())?),
        from: from.clone(),
        site: site.to_owned(),
        voice: Arc::new(TownVoice { town: portal.town.clone(), words: portal.words.clone() }),
        hook: Arc::new(cases::told::FateToDesk { keys: Arc::clone(&portal.keys) }),
        clock: portal.clock.clone(),
    };
    Ok(jobs::run(portal.store.store(), messages::handlers(&mailing, &portal.keys), MAIL_THREADS)?)
}

fn attachment_runner(portal: &PortalFace) -> Result<Runner, Failure> {
    let hand_up = cases::attachments::HandUp { portal: portal.store.clone(), files: portal.files.clone(), keys: Arc::clone(&portal.keys) };
    let sweep =
        SweepFiles { store: portal.store.store().clone(), files: portal.files.clone(), in_use: cases::orphans::of_portal(&portal.keys) };
    Ok(jobs::run(portal.store.store(), vec![Arc::new(hand_up), Arc::new(sweep)], 1)?)
}

/// Threads that tell programs: a slow receiver keeps one of them waiting for five seconds, and only one.
const TELLING_THREADS: usize = 4;

fn program_runner(portal: &PortalFace) -> Result<Runner, Failure> {
    let telling = api::webhook::Telling {
        portal: portal.store.clone(),
        keys: Arc::clone(&portal.keys),
        loopback: portal.demo,
        busy: api::webhook::Busy::default(),
    };
    Ok(jobs::run(portal.store.store(), vec![Arc::new(telling)], TELLING_THREADS)?)
}

fn letter_runner(desk: &DeskFace, tools: &cases::Tools) -> Result<Runner, Failure> {
    let typesetter = Typesetter {
        desk: desk.store.clone(),
        files: desk.files.clone(),
        keys: desk.keys.clone(),
        press: tools.press.clone(),
        sender: ui::words::ruby::plain(&desk.town.current().name.ja),
        after: Arc::new(cases::effects::LetterToPerson { town: desk.town.clone(), keys: desk.keys.clone() }),
    };
    let sweep = SweepFiles { store: desk.store.store().clone(), files: desk.files.clone(), in_use: cases::orphans::of_desk() };
    let mut handlers = registry::publish::handlers(&desk.store, &desk.town);
    handlers.push(Arc::new(sweep));
    handlers.push(Arc::new(typesetter));
    handlers.push(Arc::new(cases::straight::DecideStraight::of(desk, &tools.portal)));
    handlers.push(Arc::new(rounds::later::job::AfterOffer::of(desk, &tools.portal)));
    Ok(jobs::run(desk.store.store(), handlers, 1)?)
}

/// Files to and from systems behind go on behind the pages, beside the letters.
fn exchange_runner(desk: &DeskFace, site: &str) -> Result<Runner, Failure> {
    let worker = exchange::work::Worker {
        desk: desk.store.clone(),
        town: desk.town.clone(),
        words: desk.words.clone(),
        keys: desk.keys.clone(),
        portal: site.to_owned(),
    };
    Ok(jobs::run(desk.store.store(), exchange::work::handlers(&worker), 1)?)
}

impl OpenTown {
    /// All routes, with `more` of the demo's own.
    pub fn routes(&self, more_portal: Option<Router<PortalFace>>, more_desk: Option<Router<DeskFace>>) -> Router {
        let portal = self.portal.as_ref().map(|face| {
            let routes = access::portal::router()
                .merge(messages::portal::router())
                .merge(letters::portal::router())
                .merge(paper::portal_router(Arc::clone(&self.tools.press)))
                .merge(cases::portal_router(self.tools.clone()))
                .merge(rounds::portal_router())
                .merge(exchange::portal_router())
                .merge(figures::portal_router())
                .merge(api::portal_router())
                .merge(revisions::portal_router());
            access::portal::serve(routes.merge(more_portal.unwrap_or_default()), face.clone())
        });
        let desk = self.desk.as_ref().map(|face| {
            let routes = access::desk::router()
                .merge(registry::desk::router())
                .merge(paper::desk_router())
                .merge(cases::desk_router(self.tools.clone()))
                .merge(rounds::desk_router(self.tools.clone()))
                .merge(exchange::desk_router())
                .merge(figures::desk_router(self.tools.press.clone()))
                .merge(api::desk_router())
                .merge(revisions::desk_router(revisions::Workshop::new(self.loaded.folder().to_owned())));
            access::desk::serve(routes.merge(more_desk.unwrap_or_default()), face.clone())
        });
        let town = self.loaded.town.clone();
        let health = Health { stores: self.stores(), definitions: Arc::new(move || town.problem().map(|problem| problem.to_string())) };
        let https = self.tools.portal.starts_with("https://");
        let town = self.loaded.town.clone();
        let map = Arc::new(move || town.current().map.clone());
        web::town(Doors { portal, desk, health, map, https })
    }

    /// Its folder, to be watched.
    pub fn watched(&self) -> Loaded {
        self.loaded.clone()
    }

    /// The folder changed: before the new version is shown to anybody, the desk keeps it. What fails is done at the next start.
    pub fn takes(&self, town: &Town) {
        if let Some(Err(error)) = self.desk.as_ref().map(|desk| keep_definitions(&desk.store, town)) {
            tracing::warn!(%error, "the new definitions could not be kept; a filing under them may have to wait for the next start");
        }
    }

    fn stores(&self) -> Stores {
        Stores { portal: self.portal.as_ref().map(|face| face.store.clone()), desk: self.desk.as_ref().map(|face| face.store.clone()) }
    }

    /// What is done once a day and at the start: old drafts, sessions and throttles go, the journals' ends are signed.
    ///
    /// # Errors
    /// When a store fails.
    pub fn sweep(&self) -> Result<(), Failure> {
        let now = Timestamp::now();
        if let Some(portal) = &self.portal {
            portal.store.write(move |tx| -> Result<(), store::StoreError> {
                cases::sweep_drafts(tx, now)?;
                access::sweep_portal(tx, now)?;
                cases::orphans::ask(tx, access::day_in_japan(now))?;
                cases::walked::sweep(tx, access::day_in_japan(now))?;
                cases::unfound::tell(tx, access::day_in_japan(now), now)?;
                figures::telling::tell(tx, access::day_in_japan(now), now)?;
                tx.sweep_jobs(now - DONE_JOBS_KEPT)?;
                Ok(())
            })?;
            while portal.store.write(move |tx| cases::uploads::sweep(tx, now))? > 0 {}
        }
        if let Some(desk) = &self.desk {
            let rooms = desk.on_leave.clone();
            desk.store.write(move |tx| -> Result<(), store::StoreError> {
                access::staff::leave_who_is_due(tx, access::day_in_japan(now), now, &rooms)?;
                access::sweep_desk(tx, now)?;
                cases::sweep_sheets(tx, now)?;
                exchange::sweep(tx, now)?;
                cases::orphans::ask(tx, access::day_in_japan(now))?;
                tx.sweep_jobs(now - DONE_JOBS_KEPT)?;
                Ok(())
            })?;
        }
        self.forget_taken(now)?;
        Ok(())
    }

    /// Tells the desk what the residents' side counted until now; the daily sweep does it as well.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tell_figures(&self, now: Timestamp) -> Result<(), Failure> {
        if let Some(portal) = &self.portal {
            portal.store.write(move |tx| figures::telling::tell(tx, access::day_in_japan(now), now))?;
        }
        Ok(())
    }

    /// Parcels that the other face has taken go after a while; a face that was restored from a backup may ask for them until then.
    fn forget_taken(&self, now: Timestamp) -> Result<(), Failure> {
        if let (Some(portal), Some(desk)) = (&self.portal, &self.desk) {
            for (from, to) in [(portal.store.store(), desk.store.store()), (desk.store.store(), portal.store.store())] {
                hatch::forget_taken(from, hatch::taken(from, to)?, now - TAKEN_PARCELS_KEPT)?;
            }
        }
        // On two machines the other face's receipts in the folder say what it has taken.
        if let Some(folder) = &self.folder {
            folder.forget_taken(now - TAKEN_PARCELS_KEPT)?;
        }
        Ok(())
    }

    /// Signs the ends of the journals of the faces that are open here.
    ///
    /// # Errors
    /// When a store or the disk fails.
    pub fn keep_heads(&self, house: &House) -> Result<(), Failure> {
        std::fs::create_dir_all(house.data.join("heads"))?;
        let both: [(keys::Face, Option<(&Store, &keys::Keys)>); 2] = [
            (keys::Face::Portal, self.portal.as_ref().map(|face| (face.store.store(), face.keys.as_ref()))),
            (keys::Face::Desk, self.desk.as_ref().map(|face| (face.store.store(), face.keys.as_ref()))),
        ];
        for (face, open) in both {
            if let Some((store, keys)) = open {
                store.keep_head(keys, &house.head(face))?;
            }
        }
        Ok(())
    }
}

/// What is done is shown to staff for a month.
const DONE_JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Longer than the oldest backup that a town would restore.
const TAKEN_PARCELS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
