//! `yakuba bench inbox`: the first page of the inbox and a search by name, as a clerk of one department gets them, with more and more cases;
//! the whole page over HTTP, and its main query alone.

use access::{
    Post, SessionId, StaffId,
    staff::{
        directory::{self, NewStaff, NotAdded},
        factor::Factor,
        password, set_credentials,
    },
    token::Token,
};
use cases::{
    Queue,
    desk_lists::{self, Narrow},
};
use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};
use store::{StoreError, params};

use super::{
    bulk::{DEPARTMENTS, Loader},
    clients::{Ask, Clients, Round},
    facts, millis,
    open::{Ground, OpenBench},
    people::{self, draw_residents},
    percentile, rounded, spread,
};
use crate::Failure;

/// Sizes, as far as asked for.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// Looks at a page.
const LOOKS: usize = 300;

/// Lines of the first page.
const LINES: i64 = 40;

/// Looks before the clock runs.
const WARM: usize = 30;

/// People by whose names cases are called.
const PEOPLE: usize = 20_000;

/// Measures.
///
/// # Errors
/// When something cannot be set up, or a page is answered by anything but a page.
pub fn run(database: Option<&str>, cases: usize) -> Result<Value, Failure> {
    let ground = Ground::lay_out(database)?;
    let mut process = Clients::start(1)?;
    let bench = OpenBench::open(&ground, &process)?;
    let residents = draw_residents(&bench, &mut process, 1)?;
    process.round(bench.address, vec![residents[0].files()])?;
    let desk = bench.desk()?.store.clone();
    while desk.read(|tx| tx.first("select 1 from case_", params![]))?.is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let clerk = Clerk::signs_in(&bench, &mut process)?;
    let people = people::names(PEOPLE)?;
    let (common, rare) = (people[0].name.clone(), people[PEOPLE / 2].name.clone());
    let mut loader = Loader::new(&desk, people, clerk.id.to_string(), Timestamp::now())?;
    let mut sizes = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= cases as u64) {
        loader.load_until(size)?;
        let pages = [
            ("all", clerk.looks_at("/desk/cases?queue=all")),
            ("mine", clerk.looks_at("/desk/cases?queue=mine")),
            ("soon", clerk.looks_at("/desk/cases?queue=soon")),
            ("search_family_name", clerk.searches(common.split_whitespace().next().unwrap_or(&common))),
            ("search_whole_name", clerk.searches(&rare)),
        ];
        let mut figures = json!({ "cases": size });
        for (name, ask) in pages {
            figures[name] = page(&bench, &mut process, &ask)?;
            eprintln!("{size} cases, {name}: {}", figures[name]);
        }
        figures["query_alone"] = query_alone(&bench, clerk.id)?;
        sizes.push(figures);
    }
    bench.close()?;
    let growth = |name: &str| {
        let of = |size: Option<&Value>| size.and_then(|size| size[name]["p50_ms"].as_f64());
        of(sizes.last()).zip(of(sizes.first())).map(|(last, first)| rounded(last / first.max(0.01)))
    };
    Ok(json!({
        "bench": "inbox",
        "engine": ground.engine_name(),
        "grams_per_case": loader.grams_per_case(),
        "growth": {
            "all": growth("all"), "mine": growth("mine"), "soon": growth("soon"), "query_alone": growth("query_alone"),
            "search_family_name": growth("search_family_name"), "search_whole_name": growth("search_whole_name"),
        },
        "sizes": sizes,
        "machine": facts::machine(),
    }))
}

fn page(bench: &OpenBench, process: &mut Clients, ask: &Ask) -> Result<Value, Failure> {
    only_pages(&process.round(bench.address, vec![ask.clone(); WARM])?)?;
    let round = process.round(bench.address, vec![ask.clone(); LOOKS])?;
    only_pages(&round)?;
    let mut times = spread(round.answers.iter().map(|answer| answer.micros).collect());
    times["html_bytes"] = json!(round.answers.first().map(|answer| answer.bytes));
    Ok(times)
}

fn only_pages(round: &Round) -> Result<(), Failure> {
    match round.answers.iter().find(|answer| answer.status != 200) {
        None => Ok(()),
        Some(other) => Err(format!("a page of the desk was answered by {} {:?}", other.status, other.location).into()),
    }
}

/// A clerk with an ordinary post and an open session.
struct Clerk {
    id: StaffId,
    cookie: String,
    csrf: String,
}

/// Accepted by the rules for passwords; nobody else has it.
const PASSWORD: &str = "計測のためのながい合言葉 2026";

impl Clerk {
    /// Enters a clerk into the directory, who signs in at the door of the desk with password and second factor.
    fn signs_in(bench: &OpenBench, process: &mut Clients) -> Result<Clerk, Failure> {
        let desk = bench.desk()?;
        let now = Timestamp::now();
        let (id, factor, hash) = (StaffId::draw(now), Factor::draw()?, password::hash(PASSWORD)?);
        let post = Post { department: DEPARTMENTS[0].parse()?, role: "clerk".parse()?, from: date(2020, 4, 1), until: date(2099, 3, 31) };
        let new = NewStaff { id, login: "keisoku".to_owned(), name: "計測 良子".to_owned(), posts: vec![post] };
        let (keys, secret) = (desk.keys.clone(), Factor::of(factor.bytes().to_vec()));
        desk.store.write(move |tx| -> Result<(), NotAdded> {
            directory::add(tx, &new, "bench", now)?;
            set_credentials(tx, &keys, id, &hash, &secret)?;
            Ok(())
        })?;
        let token = Token::draw()?;
        let csrf = SessionId::of(&token).csrf(&desk.keys);
        let form =
            [("csrf", csrf.as_str()), ("login", "keisoku"), ("password", PASSWORD), ("code", &factor.code_at(now)), ("then", "/desk")];
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let door = Ask::post("/desk/sign-in", &format!("yakuba-desk={}", token.shown()), &body.join("&"));
        let answer = process.round(bench.address, vec![door])?.answers.into_iter().next().unwrap_or_default();
        let secret = answer.cookie.strip_prefix("yakuba-desk=").and_then(Token::read);
        let token = secret.ok_or_else(|| format!("the clerk was not signed in: {} {:?}", answer.status, answer.location))?;
        Ok(Clerk { id, cookie: format!("yakuba-desk={}", token.shown()), csrf: SessionId::of(&token).csrf(&desk.keys) })
    }

    fn looks_at(&self, path: &str) -> Ask {
        Ask::get(path, &self.cookie)
    }

    fn searches(&self, words: &str) -> Ask {
        Ask::post("/desk/search", &self.cookie, &format!("csrf={}&q={}", self.csrf, encoded(words)))
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The list's query as the page asks it, with the filter of the clerk's grants.
fn query_alone(bench: &OpenBench, clerk: StaffId) -> Result<Value, Failure> {
    let desk = bench.desk()?;
    let (town, today) = (desk.town.current(), access::day_in_japan(Timestamp::now()));
    let staff = desk.store.read(move |tx| directory::as_of(tx, clerk, &town, today))?.ok_or("the clerk is gone")?;
    let mut micros = Vec::new();
    for _ in 0..WARM + LOOKS {
        let staff = staff.clone();
        micros.push(desk.store.read(move |tx| -> Result<u64, StoreError> {
            let began = std::time::Instant::now();
            desk_lists::page(tx, &staff, &Queue::All, &Narrow::default(), None, LINES + 1)?;
            Ok(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX))
        })?);
    }
    let mut micros = micros.split_off(WARM);
    micros.sort_unstable();
    Ok(json!({ "p50_ms": millis(percentile(&micros, 0.5)), "p99_ms": millis(percentile(&micros, 0.99)) }))
}
