//! How far a procedure is done without going to the town hall.

use serde::{Deserialize, Serialize};

use super::{Channel, Channels, Online};

/// The honest channel of a procedure, the farthest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// オンラインで終わる.
    Online,
    /// オンラインで準備し、窓口で終える.
    Prepared,
    /// 郵送で終わる.
    Post,
    /// 窓口だけ.
    Counter,
}

impl Reach {
    /// All of them, the farthest first.
    pub const ALL: [Reach; 4] = [Reach::Online, Reach::Prepared, Reach::Post, Reach::Counter];

    /// In Japanese.
    pub fn words(self) -> &'static str {
        match self {
            Reach::Online => "オンラインで終わる",
            Reach::Prepared => "オンラインで準備、窓口で終える",
            Reach::Post => "郵送で終わる",
            Reach::Counter => "窓口だけ",
        }
    }
}

impl Channels {
    /// How far a person gets from home.
    pub fn reach(&self) -> Reach {
        match (&self.online, &self.paper) {
            (Online::Open, _) => Reach::Online,
            (Online::Prepare(_), _) => Reach::Prepared,
            (_, Channel::Open) => Reach::Post,
            _ => Reach::Counter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn the_honest_channel_is_what_the_definition_says() {
        let text = |words: &str| Text::new("", words);
        let reach = |online: Online, paper: Channel| {
            Channels { online, counter: Channel::Open, paper, line: Channel::Closed(text("窓口へ")) }.reach()
        };
        assert_eq!(reach(Online::Open, Channel::Closed(text("できません"))), Reach::Online);
        assert_eq!(reach(Online::Prepare(text("届出は窓口で")), Channel::Open), Reach::Prepared);
        assert_eq!(reach(Online::Closed(text("準備は窓口で")), Channel::Open), Reach::Post);
        assert_eq!(reach(Online::Closed(text("できません")), Channel::Closed(text("できません"))), Reach::Counter);
    }
}
