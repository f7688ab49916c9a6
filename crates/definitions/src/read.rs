//! # Reading
//!
//! YAML by events into our own tree. Every scalar is text that knows its file, line and column; its kind is given later by the
//! key under which it stands, so `012` stays `012` and `no` stays text until a key asks for a number or for yes or no.
//! What readers of YAML disagree on is refused: duplicate keys, anchors, aliases, tags, keys that are not text.

use std::sync::Arc;

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::problem::{Place, Problem};

/// Deepest nesting. A field in a group on a page is eight deep; what is deeper than this was not written by a clerk.
const DEPTH_MAX: usize = 48;
/// Most nodes of a file. The largest procedure has some 3,000.
const NODES_MAX: usize = 200_000;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing written after the colon, or `~`: in an overlay it removes.
    Nothing,
    /// A scalar, as written.
    Text {
        /// The text.
        text: String,
        /// How far the text begins to the right of the node (1 for a quoted text), `None` for a text over several lines.
        inset: Option<u32>,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written. Shared: what a town leaves as it lies in the folders below is theirs, and copied by nobody.
    Map(Arc<IndexMap<String, Entry>>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where the key stands.
    pub key: Place,
    /// What stands under it.
    pub node: Node,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn map(&self) -> Option<&IndexMap<String, Entry>> {
        match &self.value {
            Value::Map(map) => Some(map.as_ref()),
            _ => None,
        }
    }

    /// The members of a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// What stands under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.get(key).map(|entry| &entry.node)
    }

    /// Whether anything of it stands in a file of which this is true.
    pub fn stands_in(&self, file: &dyn Fn(&Arc<str>) -> bool) -> bool {
        file(&self.place.file)
            || match &self.value {
                Value::List(list) => list.iter().any(|member| member.stands_in(file)),
                Value::Map(map) => map.values().any(|entry| file(&entry.key.file) || entry.node.stands_in(file)),
                Value::Nothing | Value::Text { .. } => false,
            }
    }

    /// Whether nothing is written here.
    pub fn is_nothing(&self) -> bool {
        self.value == Value::Nothing
    }

    /// The place of a character of a scalar, so that a mistake inside a condition is shown where it stands.
    pub fn place_at(&self, bytes: usize) -> Place {
        match &self.value {
            Value::Text { text, inset: Some(inset) } => {
                let characters = text.char_indices().take_while(|(at, _)| *at < bytes).count();
                self.place.right_by(inset + u32::try_from(characters).unwrap_or(0))
            }
            _ => self.place.clone(),
        }
    }
}

/// Reads a file: its documents, as far as they can be read, and what is wrong.
pub fn read(file: &str, bytes: &[u8]) -> (Vec<Node>, Vec<Problem>) {
    let file: Arc<str> = file.into();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let place = Place::new(&file, u32::try_from(line).unwrap_or(0), 0);
            return (Vec::new(), vec![Problem::new(&place, "UTF-8 ではない", "UTF-8 で保存する（Shift_JIS ではなく）")]);
        }
    };
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let place = Place::new(&file, u32::try_from(line).unwrap_or(0), 0);
        return (Vec::new(), vec![Problem::new(&place, "目に見えない制御文字がある", "その文字を消す")]);
    }
    let mut builder = Builder { file, open: Vec::new(), documents: Vec::new(), problems: Vec::new(), nodes: 0 };
    builder.run(text);
    (builder.documents, builder.problems)
}

/// A list or map that is not yet closed.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, IndexMap<String, Entry>, Option<(String, Place)>),
}

struct Builder {
    file: Arc<str>,
    open: Vec<Open>,
    documents: Vec<Node>,
    problems: Vec<Problem>,
    nodes: usize,
}

impl Builder {
    fn run(&mut self, text: &str) {
        for event in Parser::new_from_str(text) {
            let went_on = match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => {
                    let place = self.place(error.marker().line(), error.marker().col());
                    let hint = "この行と一つ上の行の、字下げ・引用符・コロンを見る";
                    self.problems.push(Problem::new(&place, format!("YAML として読めない：{}", error.info()), hint));
                    false
                }
            };
            if !went_on {
                break;
            }
        }
    }

    fn place(&self, line: usize, column: usize) -> Place {
        Place::new(&self.file, u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Takes an event in. `false` when reading cannot sensibly go on.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = self.place(span.start.line(), span.start.col());
        self.nodes += 1;
        if self.open.len() > DEPTH_MAX || self.nodes > NODES_MAX {
            self.problems.push(Problem::new(&place, "深すぎるか、長すぎる", "ファイルを分ける（深さは 48 段まで）"));
            return false;
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(&place, anchor, tag.is_some());
                let value = match style {
                    ScalarStyle::Plain if text.is_empty() || text == "~" => Value::Nothing,
                    _ => Value::Text { inset: inset(style, &span), text: text.into_owned() },
                };
                self.put(Node { place, value });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(&place, anchor, tag.is_some());
                self.open.push(Open::List(place, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(&place, anchor, tag.is_some());
                self.open.push(Open::Map(place, IndexMap::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(place, mut list)) => {
                    list.shrink_to_fit();
                    self.put(Node { place, value: Value::List(list) });
                }
                Some(Open::Map(place, mut map, _)) => {
                    map.shrink_to_fit();
                    self.put(Node { place, value: Value::Map(Arc::new(map)) });
                }
                None => {}
            },
            Event::Alias(_) => {
                self.problems.push(Problem::new(&place, "別名（*）は使えない", "書き下す。手続を丸ごと土台にするなら `like:`"));
                self.put(Node { place, value: Value::Nothing });
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        true
    }

    fn refuse_extras(&mut self, place: &Place, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.problems.push(Problem::new(place, "目印（&）は使えない", "消す。手続を丸ごと土台にするなら `like:`"));
        }
        if tagged {
            self.problems.push(Problem::new(place, "型の印（!）は使えない", "消すか、文を引用符で囲む"));
        }
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::List(_, list)) => list.push(node),
            Some(Open::Map(_, map, key)) => match key.take() {
                None => match node.value {
                    Value::Text { text, .. } => *key = Some((text, node.place)),
                    _ => {
                        self.problems.push(Problem::new(&node.place, "文でないキー", "コロンの前に id を書く"));
                        *key = Some((String::new(), node.place));
                    }
                },
                Some((text, place)) => {
                    if let Some(earlier) = map.get(&text) {
                        let what = format!("`{text}` が二度ある");
                        let hint = format!("片方を消す。もう一つは {} 行目", earlier.key.line);
                        self.problems.push(Problem::new(&place, what, hint));
                    } else {
                        map.insert(text, Entry { key: place, node });
                    }
                }
            },
        }
    }
}

fn inset(style: ScalarStyle, span: &Span) -> Option<u32> {
    match style {
        _ if span.start.line() != span.end.line() => None,
        ScalarStyle::Plain => Some(0),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Some(1),
        ScalarStyle::Literal | ScalarStyle::Folded => None,
    }
}
