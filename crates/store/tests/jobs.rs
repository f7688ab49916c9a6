//! Work asked for in a transaction is done once it is committed, once in effect, and never silently lost.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use store::{
    Clock, NewJob, Store, StoreError,
    jobs::{self, Job, JobError, JobHandler, State, TRIES_MAX},
    on_both_engines, params,
    testing::{Place, until},
};

type Answer = dyn Fn(&Job) -> Result<(), JobError> + Send + Sync;

/// Writes down what it is asked to post; answers as it is told to.
struct Post {
    posted: Mutex<Vec<String>>,
    answer: Box<Answer>,
}

impl Post {
    fn that(answer: impl Fn(&Job) -> Result<(), JobError> + Send + Sync + 'static) -> Arc<Post> {
        Arc::new(Post { posted: Mutex::default(), answer: Box::new(answer) })
    }

    fn posted(&self) -> Vec<String> {
        self.posted.lock().expect("sound").clone()
    }
}

impl JobHandler for Post {
    fn kind(&self) -> &'static str {
        "post"
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        self.posted.lock().expect("sound").push(job.key.clone());
        (self.answer)(job)
    }
}

/// A store whose clock stands until a test moves it.
fn open(place: &Place) -> (Store, Arc<AtomicI64>) {
    let micros = Arc::new(AtomicI64::new(1_795_000_000_000_000));
    let shown = micros.clone();
    let mut options = place.options("desk", &[]);
    options.clock = Clock::of(move || Timestamp::from_microsecond(shown.load(Ordering::Relaxed)).expect("a moment"));
    (Store::open(options).expect("opens"), micros)
}

fn ask(store: &Store, key: &str) -> bool {
    let job = NewJob { kind: "post", key: key.to_owned(), body: serde_json::json!({ "letter": 7 }), at: store.now() };
    store.write(move |tx| tx.enqueue(&job)).expect("asked")
}

fn pass(clock: &AtomicI64, duration: SignedDuration) {
    clock.fetch_add(duration.as_micros() as i64, Ordering::Relaxed);
}

fn state(store: &Store, key: &'static str) -> (State, i64) {
    let job = store.read(move |tx| tx.job("post", key)).expect("read").expect("there");
    (job.state, job.tries)
}

on_both_engines! {
    fn the_same_work_asked_for_twice_is_done_once(place: Place) {
        let (store, _) = open(place);
        let post = Post::that(|job| { assert_eq!(job.body["letter"], 7); Ok(()) });
        let handlers: Vec<Arc<dyn JobHandler>> = vec![post.clone()];
        assert!(ask(&store, "case-1"));
        assert!(!ask(&store, "case-1"));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        assert!(!ask(&store, "case-1"), "nor after it was done");
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0);
        assert_eq!(post.posted(), ["case-1"]);
        assert_eq!(state(&store, "case-1"), (State::Done, 1));
    }

    fn a_refused_transaction_asks_for_nothing(place: Place) {
        let (store, _) = open(place);
        let refused: Result<(), StoreError> = store.write(|tx| {
            tx.enqueue(&NewJob { kind: "post", key: "case-1".to_owned(), body: serde_json::Value::Null, at: tx.now() })?;
            Err(StoreError::Other("no".to_owned()))
        });
        assert!(refused.is_err());
        let post = Post::that(|_| Ok(()));
        assert_eq!(jobs::run_due(&store, &[post]).expect("run"), 0);
    }

    fn work_for_tomorrow_waits_until_tomorrow(place: Place) {
        let (store, clock) = open(place);
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Post::that(|_| Ok(()))];
        let job = NewJob { kind: "post", key: "case-1".to_owned(), body: serde_json::Value::Null, at: store.now() + SignedDuration::from_hours(24) };
        store.write(move |tx| tx.enqueue(&job)).expect("asked");
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0);
        pass(&clock, SignedDuration::from_hours(24));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
    }

    fn what_fails_is_tried_later_and_later_and_ends_as_a_dead_letter_that_can_be_resumed(place: Place) {
        let (store, clock) = open(place);
        let server_is_down = Arc::new(AtomicBool::new(true));
        let down = server_is_down.clone();
        let post = Post::that(move |_| if down.load(Ordering::Relaxed) { Err(JobError::Retry("the mail server is down".to_owned())) } else { Ok(()) });
        let handlers: Vec<Arc<dyn JobHandler>> = vec![post.clone()];
        ask(&store, "case-1");
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0, "not at once again");
        // A pause is up to a quarter longer, by chance.
        pass(&clock, SignedDuration::from_secs(7));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        pass(&clock, SignedDuration::from_secs(7));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0, "the second pause is longer");
        for _ in 2..TRIES_MAX {
            pass(&clock, SignedDuration::from_hours(2));
            jobs::run_due(&store, &handlers).expect("run");
        }
        assert_eq!(state(&store, "case-1"), (State::Dead, TRIES_MAX));
        let dead = store.read(|tx| tx.dead_jobs(10)).expect("read");
        assert_eq!((dead.len(), dead[0].error.as_deref()), (1, Some("the mail server is down")));
        assert_eq!(store.read(|tx| tx.count_jobs(State::Dead)).expect("read").0, 1);
        server_is_down.store(false, Ordering::Relaxed);
        pass(&clock, SignedDuration::from_hours(48));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0, "dead stays dead until a person acts");
        assert!(store.write(|tx| tx.resume_job("post", "case-1")).expect("resumed"));
        assert!(!store.write(|tx| tx.resume_job("post", "case-2")).expect("no such letter"));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        assert_eq!(state(&store, "case-1"), (State::Done, 1));
    }

    fn whoever_waits_its_turn_is_asked_again_then_and_uses_up_no_try(place: Place) {
        let (store, clock) = open(place);
        let turn = store.now().saturating_add(SignedDuration::from_hours(1)).expect("a moment");
        let now = clock.clone();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Post::that(move |_| {
            if now.load(Ordering::Relaxed) < turn.as_microsecond() { Err(JobError::Later(turn, "another comes first".to_owned())) } else { Ok(()) }
        })];
        ask(&store, "case-1");
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        assert_eq!(state(&store, "case-1"), (State::Open, 0));
        pass(&clock, SignedDuration::from_mins(59));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 0, "not before");
        pass(&clock, SignedDuration::from_mins(1));
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 1);
        assert_eq!(state(&store, "case-1"), (State::Done, 1));
    }

    fn what_can_never_be_done_is_dead_at_once_and_a_panic_is_a_failure(place: Place) {
        let (store, _) = open(place);
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Post::that(|job| match job.key.as_str() {
            "nowhere" => Err(JobError::Dead("there is no address".to_owned())),
            _ => panic!("a bug"),
        })];
        ask(&store, "nowhere");
        ask(&store, "bug");
        assert_eq!(jobs::run_due(&store, &handlers).expect("run"), 2);
        assert_eq!(state(&store, "nowhere"), (State::Dead, 1));
        assert_eq!(state(&store, "bug"), (State::Open, 1));
    }

    fn a_node_that_died_leaves_its_job_to_the_next_after_the_lease(place: Place) {
        let (store, clock) = open(place);
        ask(&store, "case-1");
        // The first node notes its progress and is gone.
        let first = store.clone();
        let dies: Vec<Arc<dyn JobHandler>> = vec![Post::that(move |job| {
            assert!(job.progress(&first, "300/2000")?);
            std::panic::resume_unwind(Box::new("gone"));
        })];
        // A panic is noted as a failure; a death is not: the claim just stays.
        let claimed = store.clone();
        jobs::run_due(&claimed, &dies).expect("run");
        place.meddle("desk", &format!("update store_job set owner = 'gone', due = {}", (store.now() + SignedDuration::from_mins(5)).as_microsecond()));
        let seen = Arc::new(Mutex::new(None));
        let note = seen.clone();
        let next: Vec<Arc<dyn JobHandler>> = vec![Post::that(move |job| { *note.lock().expect("sound") = job.progress.clone(); Ok(()) })];
        assert_eq!(jobs::run_due(&store, &next).expect("run"), 0, "the claim holds");
        pass(&clock, SignedDuration::from_mins(5));
        assert_eq!(jobs::run_due(&store, &next).expect("run"), 1);
        assert_eq!(seen.lock().expect("sound").as_deref(), Some("300/2000"));
    }

    fn a_node_that_was_too_slow_cannot_end_the_job_of_the_next(place: Place) {
        let (store, clock) = open(place);
        ask(&store, "case-1");
        let (slow_store, slow_clock) = (store.clone(), clock.clone());
        let second: Arc<dyn JobHandler> = Post::that(|_| Err(JobError::Retry("the second node failed".to_owned())));
        let slow: Vec<Arc<dyn JobHandler>> = vec![Post::that(move |job| {
            pass(&slow_clock, SignedDuration::from_mins(5));
            jobs::run_due(&slow_store, std::slice::from_ref(&second))?;
            assert!(!job.progress(&slow_store, "still here")?, "it learns that the job is another's");
            Ok(())
        })];
        jobs::run_due(&store, &slow).expect("run");
        assert_eq!(state(&store, "case-1"), (State::Open, 2));
    }

    fn effect_and_end_can_be_one_transaction(place: Place) {
        let (store, _) = open(place);
        ask(&store, "case-1");
        let inside = store.clone();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Post::that(move |job| {
            let job = job.clone();
            inside.write(move |tx| { assert!(job.end(tx)?); tx.run("delete from store_mark where name = 'nothing'", params![]) })?;
            Ok(())
        })];
        jobs::run_due(&store, &handlers).expect("run");
        assert_eq!(state(&store, "case-1"), (State::Done, 1));
        let tomorrow = store.now() + SignedDuration::from_hours(24);
        assert_eq!(store.write(move |tx| tx.sweep_jobs(tomorrow)).expect("swept"), 1);
    }

    fn two_runners_share_two_hundred_jobs_and_stop_gracefully(place: Place) {
        let (one, two) = (place.open("desk", &[]), place.open("desk", &[]));
        let done = Arc::new(AtomicU64::new(0));
        let post = || { let done = done.clone(); Post::that(move |_| { thread::sleep(Duration::from_millis(1)); done.fetch_add(1, Ordering::Relaxed); Ok(()) }) };
        let (first, second) = (post(), post());
        let runners = [
            jobs::run(&one, vec![first.clone() as Arc<dyn JobHandler>], 2).expect("runs"),
            jobs::run(&two, vec![second.clone() as Arc<dyn JobHandler>], 2).expect("runs"),
        ];
        for number in 0..200 {
            ask(&one, &format!("case-{number:03}"));
        }
        until("all are done", || one.read(|tx| tx.count_jobs(State::Done)).expect("read").0 == 200);
        runners.into_iter().for_each(jobs::Runner::stop);
        let mut all: Vec<String> = first.posted().into_iter().chain(second.posted()).collect();
        all.sort();
        let count = all.len();
        all.dedup();
        assert_eq!((count, all.len()), (200, 200), "each once");
    }
}
