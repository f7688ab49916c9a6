//! `yakuba demo`: the demo town 見本市 with residents, staff and cases in all stages, made by the product's own commands; a start page
//! with 'try as resident / clerk / chief'; and a mail catcher. The routes here exist only under `demo`.

mod cases;
mod counter;
pub mod fill;
mod mix;
mod pages;
mod people;
mod voices;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use definitions::text::Language;
use messages::{catcher, contact::MailAddress, relay::Relay};
use ui::words::RoomWords;
use web::{Towns, serve::Proxy};

use crate::{
    Failure,
    command::{Demo, Face, Place},
    house::{self, House},
    open_town::Opening,
    serve::{Standing, say, until_stopped},
    town::Loaded,
};

/// The words of the demo's own pages.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../words/ja/demo.ftl")),
        (Language::Easy, include_str!("../words/easy/demo.ftl")),
        (Language::En, include_str!("../words/en/demo.ftl")),
    ]
}

/// The same town each time.
const SEED: u64 = 8;

/// `yakuba demo`.
///
/// # Errors
/// When the folder cannot be laid out, the town has mistakes, or the address is taken.
pub fn run(asked: &Demo) -> Result<(), Failure> {
    let began = Instant::now();
    if !asked.listen.ip().is_loopback() {
        return Err("the demo listens on loopback only: its start page signs anybody in as anybody".into());
    }
    let house = House::of(&Place { data: asked.data.clone(), keys: None, database: asked.database.clone() });
    if !house.is_laid_out() {
        eprintln!("laying out {}", house.data.display());
        // A demo's letters and answers are invented; nobody needs its recovery sheet.
        house::lay_out(&house)?;
    }
    let loaded = Loaded::open(&asked.town)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let catcher = runtime.block_on(catcher::listen(local, catcher::PATIENCE, jiff::Timestamp::now))?;
    let relay = Relay::from_url(&format!("smtp://{}", catcher.address))?;
    let from: MailAddress = "noreply@city.mihon.example".parse()?;
    let opening = Opening {
        house: house.clone(),
        loaded: loaded.clone(),
        face: Face::Both,
        hatch: None,
        site: format!("http://{}", asked.listen),
        mail: Some((relay, from)),
        demo: true,
    };
    let open = Arc::new(opening.open()?);
    loaded.all_are_open();
    people::bring_in(&open, &loaded.town.current(), asked.residents)?;
    cases::bring_in(&open, &loaded.town.current(), &asked.town, asked.cases)?;
    eprintln!("ready after {:.1} s", began.elapsed().as_secs_f32());
    let routes = |_| Towns::one(open.routes(Some(pages::portal(catcher.caughts.clone())), Some(pages::desk()))).router();
    let town = Standing { open: Arc::clone(&open), house };
    until_stopped(&[town], asked.listen, Proxy::None, routes, |address| {
        say(&format!("見本市 is open: http://{address}/demo  (try it as a resident, a clerk, a section chief)"));
    })
}
