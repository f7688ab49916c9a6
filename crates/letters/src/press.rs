//! # 印刷室 The press
//!
//! A template can be wrong in ways that no check sees: a loop without end, a page that needs all memory. So letters are set in a process of
//! their own with limits of time and memory; what goes wrong there ends there. The process is started with the first letter, does one after
//! another, and ends by itself when nothing has come for a minute: a town hall at night keeps no press warm.
//!
//! ```text
//! request:  length 8 · job as JSON · length 8 · templates          answer:  length 8 · sheet or problem as JSON · length 8 · PDF
//! ```

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    problem::LetterProblem,
    template::Templates,
    typeset::{Job, Sheet, typeset},
};

/// The argument by which the program knows that it is to be the press.
pub const ARGUMENT: &str = "letter-press";

/// A letter is set in 30 ms; the first one on a small, busy machine opens 20 MB of fonts before.
pub const TIME_MAX: Duration = Duration::from_secs(20);

/// Address space of the press in kB: fonts 20 MB, the program 60 MB, a page some 10 MB, and threads' reserves; a letter of 40 pages stays below.
const MEMORY_KB_MAX: u64 = 1_500_000;

/// After this time without work the press ends.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// No request or answer is larger: templates of a town are below 1 MB, a PDF of 40 pages below 5 MB.
const PART_BYTES_MAX: u64 = 64 << 20;

/// Where letters are set. One letter at a time: two at once would only wait for the same processor.
pub struct Press {
    place: Place,
    time_max: Duration,
}

enum Place {
    Here,
    Process { program: PathBuf, arguments: Vec<String>, running: Mutex<Option<Running>> },
}

struct Running {
    child: Child,
    orders: ChildStdin,
    answers: mpsc::Receiver<(Vec<u8>, Vec<u8>)>,
}

impl Press {
    /// On a thread of this process: held to the time limit, though a letter without end keeps its thread. For tests and for trying templates.
    pub fn here() -> Press {
        Press { place: Place::Here, time_max: TIME_MAX }
    }

    /// In a process of its own: this very program, started with [`ARGUMENT`].
    ///
    /// # Errors
    /// When the system does not say where this program is.
    pub fn of_this_program() -> io::Result<Press> {
        Ok(Press::process(std::env::current_exe()?, vec![ARGUMENT.to_owned()]))
    }

    /// In a process of its own: a program that calls [`serve`].
    pub fn process(program: PathBuf, arguments: Vec<String>) -> Press {
        Press { place: Place::Process { program, arguments, running: Mutex::new(None) }, time_max: TIME_MAX }
    }

    /// The same with another limit of time.
    pub fn within(mut self, time_max: Duration) -> Press {
        self.time_max = time_max;
        self
    }

    /// Sets one letter.
    ///
    /// # Errors
    /// What [`typeset`] says, or that the limits were reached.
    pub fn set(&self, templates: &Templates, job: &Job) -> Result<Sheet, LetterProblem> {
        match &self.place {
            Place::Here => self.set_here(templates.clone(), job.clone()),
            Place::Process { program, arguments, running } => {
                let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
                // A press that was warm may have gone to sleep between two letters: then a fresh one does it.
                if let Some(warm) = running.take()
                    && let Ok(done) = self.ask(&mut running, warm, templates, job)
                {
                    return done;
                }
                let fresh = start(program, arguments).map_err(|error| LetterProblem::Press(error.to_string()))?;
                self.ask(&mut running, fresh, templates, job)
                    .unwrap_or_else(|Gone| Err(LetterProblem::Press("it ended in the middle of a letter".into())))
            }
        }
    }

    fn set_here(&self, templates: Templates, job: Job) -> Result<Sheet, LetterProblem> {
        let (answer, done) = mpsc::channel();
        thread::spawn(move || drop(answer.send(typeset(&templates, &job))));
        match done.recv_timeout(self.time_max) {
            Ok(done) => done,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(self.too_long()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(LetterProblem::Press("the typesetter stopped".into())),
        }
    }

    fn ask(
        &self,
        keep: &mut Option<Running>,
        mut press: Running,
        templates: &Templates,
        job: &Job,
    ) -> Result<Result<Sheet, LetterProblem>, Gone> {
        let order = serde_json::to_vec(job).map_err(|_| Gone)?;
        if send(&mut press.orders, &order, &templates.to_bytes()).is_err() {
            press.end();
            return Err(Gone);
        }
        match press.answers.recv_timeout(self.time_max) {
            Ok((answer, pdf)) => {
                *keep = Some(press);
                match serde_json::from_slice(&answer) {
                    Ok(Answer::Done(sheet)) => Ok(Ok(Sheet { pdf, ..sheet })),
                    Ok(Answer::Failed(problem)) => Ok(Err(problem)),
                    Err(error) => Ok(Err(LetterProblem::Press(error.to_string()))),
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                press.end();
                Ok(Err(self.too_long()))
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                press.end();
                Err(Gone)
            }
        }
    }

    fn too_long(&self) -> LetterProblem {
        LetterProblem::TooLong { limit_s: self.time_max.as_secs() }
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        if let Place::Process { running, .. } = &mut self.place
            && let Some(press) = running.get_mut().unwrap_or_else(PoisonError::into_inner).take()
        {
            press.end();
        }
    }
}

/// The process has ended, or never came up.
struct Gone;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Sheet),
    Failed(LetterProblem),
}

impl Running {
    fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The shell sets the limit of memory, which the standard library cannot, and becomes the program.
fn start(program: &PathBuf, arguments: &[String]) -> io::Result<Running> {
    let limited = format!("ulimit -v {MEMORY_KB_MAX} && exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .arg(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let (Some(orders), Some(mut answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("no pipes to the press"));
    };
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(Some(parts)) = take(&mut answers) {
            if send.send(parts).is_err() {
                break;
            }
        }
    });
    Ok(Running { child, orders, answers: receive })
}

/// Is the press: takes orders until none comes for a minute or the pipe closes.
///
/// # Errors
/// When the pipes fail.
pub fn serve(mut orders: impl Read + Send + 'static, mut answers: impl Write) -> io::Result<()> {
    let (send_order, next) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(Some(parts)) = take(&mut orders) {
            if send_order.send(parts).is_err() {
                break;
            }
        }
    });
    while let Ok((order, templates)) = next.recv_timeout(IDLE_MAX) {
        let done = match (serde_json::from_slice::<Job>(&order), Templates::from_bytes(&templates)) {
            (Ok(job), Some(templates)) => typeset(&templates, &job),
            _ => Err(LetterProblem::Press("the order did not arrive whole".into())),
        };
        let (answer, pdf) = match done {
            Ok(mut sheet) => {
                let pdf = std::mem::take(&mut sheet.pdf);
                (Answer::Done(sheet), pdf)
            }
            Err(problem) => (Answer::Failed(problem), Vec::new()),
        };
        send(&mut answers, &serde_json::to_vec(&answer)?, &pdf)?;
    }
    Ok(())
}

fn send(pipe: &mut impl Write, first: &[u8], second: &[u8]) -> io::Result<()> {
    for part in [first, second] {
        pipe.write_all(&(part.len() as u64).to_be_bytes())?;
        pipe.write_all(part)?;
    }
    pipe.flush()
}

/// Two parts, or `None` at a clean end.
fn take(pipe: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut length = [0; 8];
    match pipe.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let first = part(pipe, length)?;
    pipe.read_exact(&mut length)?;
    Ok(Some((first, part(pipe, length)?)))
}

fn part(pipe: &mut impl Read, length: [u8; 8]) -> io::Result<Vec<u8>> {
    let length = u64::from_be_bytes(length);
    if length > PART_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "longer than any letter"));
    }
    let mut bytes = Vec::new();
    if pipe.take(length).read_to_end(&mut bytes)? as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
