//! # 教示 Instruction on appeal
//!
//! Whoever gets a 処分 in writing is told to whom they can appeal and until when (行政不服審査法82条1項), and whom they can sue (行政事件訴訟法46条1項). The
//! sentences are made from the authority's data, so that no template can get them wrong. A contract, such as that for water, has none. What concerns the
//! family register goes to the family court instead (戸籍法122条), and the letter says that no review is to be had.

use definitions::{
    authority::{self, Appeal},
    procedure::Period,
};
use serde::{Deserialize, Serialize};

/// 3か月.
fn words(period: Period) -> String {
    match period {
        Period::Days(days) => format!("{days}日"),
        Period::BusinessDays(days) => format!("{days}開庁日"),
        Period::Months(months) => format!("{months}か月"),
    }
}

/// 審査請求: to whom and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// 審査庁: 見本市長.
    pub to: String,
    /// 処分があったことを知った日の翌日から (行政不服審査法18条1項: 3か月).
    pub within: String,
    /// 処分があった日の翌日から (18条2項: 1 year).
    pub at_most_years: u16,
}

/// 取消訴訟: against whom and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suit {
    /// 被告: 見本市 (行政事件訴訟法11条1項).
    pub defendant: String,
    /// Who speaks for the defendant: 見本市長, or for a board of education the board (地方教育行政の組織及び運営に関する法律56条).
    pub represented_by: Option<String>,
    /// 処分があったことを知った日の翌日から (14条1項: 6か月).
    pub within: String,
    /// 処分の日の翌日から (14条2項: 1 year).
    pub at_most_years: u16,
    /// 審査請求前置 (8条1項ただし書): the law lets nobody sue before the review is decided, as with taxes or insurance.
    pub review_first: bool,
}

/// 裁判所への不服の申立て, where the law gives that way alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Court {
    /// 見本家庭裁判所.
    pub to: String,
    /// 戸籍法第122条.
    pub by: String,
}

/// What an authority's decisions can be answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// 審査請求; none where the law excludes it.
    pub review: Option<Review>,
    /// 取消訴訟.
    pub suit: Option<Suit>,
    /// The court of a law of its own.
    #[serde(default)]
    pub court: Option<Court>,
    /// The law that excludes the review, when the letter must say that there is none: 戸籍法第123条.
    #[serde(default)]
    pub no_review: Option<String>,
}

impl Suit {
    fn represented(&self) -> String {
        let Suit { defendant, represented_by, .. } = self;
        represented_by.as_ref().map(|by| format!("（訴訟において{defendant}を代表する者は、{by}となります。）")).unwrap_or_default()
    }
}

impl Instruction {
    /// What a town's folder says of an authority. `None` where only contracts follow from it.
    pub fn of(appeal: &Appeal) -> Option<Instruction> {
        match appeal {
            Appeal::None => None,
            Appeal::Open(notice) => {
                let (review, no_review) = match &notice.review {
                    authority::Review::To { to, within } => {
                        (Some(Review { to: to.ja.clone(), within: words(*within), at_most_years: 1 }), None)
                    }
                    authority::Review::Excluded { by } => (None, Some(by.ja.clone())),
                };
                let suit = Suit {
                    defendant: notice.defendant.ja.clone(),
                    // The folder's sentence names the defendant and who represents it.
                    represented_by: None,
                    within: words(notice.sue),
                    at_most_years: 1,
                    review_first: notice.review_first,
                };
                Some(Instruction { review, suit: Some(suit), court: None, no_review })
            }
            Appeal::Court(notice) => Some(Instruction {
                review: None,
                suit: None,
                court: Some(Court { to: notice.to.ja.clone(), by: notice.by.ja.clone() }),
                no_review: Some(notice.no_review.ja.clone()),
            }),
        }
    }

    /// The periods that the two Acts set, for a decision of `authority` of `town`.
    pub fn usual(review_to: &str, town: &str, represented_by: &str) -> Instruction {
        Instruction {
            review: Some(Review { to: review_to.into(), within: "3か月".into(), at_most_years: 1 }),
            suit: Some(Suit {
                defendant: town.into(),
                represented_by: Some(represented_by.into()),
                within: "6か月".into(),
                at_most_years: 1,
                review_first: false,
            }),
            court: None,
            no_review: None,
        }
    }

    /// The paragraphs as they stand on a letter; a template numbers them. `of` names the act: `この決定`, `この処分`.
    pub fn paragraphs(&self, of: &str) -> Vec<String> {
        let mut paragraphs = Vec::new();
        if let Some(review) = &self.review {
            paragraphs.push(review_paragraph(review, of));
        }
        match (&self.suit, &self.review) {
            (Some(suit), Some(_)) if suit.review_first => paragraphs.push(suit_after_review(suit, of)),
            (Some(suit), review) => {
                paragraphs.push(suit_paragraph(suit, of));
                if review.is_some() {
                    paragraphs.push(suit_counted_from_the_review(suit));
                }
            }
            (None, _) => {}
        }
        if let Some(Court { to, by }) = &self.court {
            paragraphs.push(format!("{of}を不当とするときは、{to}に不服の申立てをすることができます（{by}）。"));
        }
        if let Some(law) = &self.no_review {
            paragraphs.push(format!("{of}については、審査請求をすることはできません（{law}）。"));
        }
        paragraphs
    }
}

fn review_paragraph(Review { to, within, at_most_years }: &Review, of: &str) -> String {
    format!(
        "{of}に不服がある場合は、{of}があったことを知った日の翌日から起算して{within}以内に、{to}に対して審査請求をすることができます\
         （なお、{of}があったことを知った日の翌日から起算して{within}以内であっても、{of}の日の翌日から起算して{at_most_years}年を経過すると、\
         正当な理由がある場合を除き、審査請求をすることができなくなります。）。"
    )
}

fn suit_paragraph(suit: &Suit, of: &str) -> String {
    let Suit { defendant, within, at_most_years, .. } = suit;
    let represented = suit.represented();
    format!(
        "{of}の取消しを求める訴え（取消訴訟）は、{of}があったことを知った日の翌日から起算して{within}以内に、{defendant}を被告として{represented}、提起することができます（なお、{of}があったことを知った日の翌日から\
         起算して{within}以内であっても、{of}の日の翌日から起算して{at_most_years}年を経過すると、正当な理由がある場合を除き、取消訴訟を\
         提起することができなくなります。）。"
    )
}

fn suit_counted_from_the_review(Suit { within, at_most_years, .. }: &Suit) -> String {
    format!(
        "ただし、審査請求をした場合には、取消訴訟は、その審査請求に対する裁決があったことを知った日の翌日から起算して{within}以内に提起する\
         ことができます（なお、裁決があったことを知った日の翌日から起算して{within}以内であっても、裁決の日の翌日から起算して\
         {at_most_years}年を経過すると、正当な理由がある場合を除き、取消訴訟を提起することができなくなります。）。"
    )
}

/// 行政事件訴訟法8条2項 names the three cases in which nobody has to wait.
fn suit_after_review(suit: &Suit, of: &str) -> String {
    let Suit { defendant, within, at_most_years, .. } = suit;
    let represented = suit.represented();
    format!(
        "{of}の取消しを求める訴え（取消訴訟）は、審査請求に対する裁決を経た後に、その裁決があったことを知った日の翌日から起算して{within}以内に、\
         {defendant}を被告として{represented}提起することができます（なお、裁決の日の翌日から\
         起算して{at_most_years}年を経過すると、正当な理由がある場合を除き、提起することができなくなります。）。ただし、①審査請求があった日から3か月を経過しても\
         裁決がないとき、②{of}、その執行又は手続の続行により生ずる著しい損害を避けるため緊急の必要があるとき、③その他裁決を経ないことにつき正当な理由が\
         あるときは、裁決を経ないでも取消訴訟を提起することができます。"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_of_the_mayor_can_be_reviewed_in_three_months_and_sued_over_in_six() {
        let [review, suit, after] = Instruction::usual("見本市長", "見本市", "見本市長").paragraphs("この決定").try_into().unwrap();
        assert!(review.starts_with(
            "この決定に不服がある場合は、この決定があったことを知った日の翌日から起算して3か月以内に、見本市長に対して審査請求"
        ));
        assert!(review.contains("この決定の日の翌日から起算して1年を経過すると"));
        assert!(suit.contains("6か月以内に、見本市を被告として（訴訟において見本市を代表する者は、見本市長となります。）"));
        assert!(after.starts_with("ただし、審査請求をした場合には"));
    }

    #[test]
    fn where_the_review_comes_first_the_three_exceptions_are_told() {
        let mut instruction = Instruction::usual("見本県介護保険審査会", "見本市", "見本市長");
        if let Some(suit) = &mut instruction.suit {
            suit.review_first = true;
        }
        let [review, suit] = instruction.paragraphs("この処分").try_into().unwrap();
        assert!(review.contains("見本県介護保険審査会に対して"));
        assert!(suit.contains("裁決を経た後に") && suit.contains("①") && suit.contains("②この処分、その執行") && suit.contains("③"));
    }

    #[test]
    fn the_folder_says_where_the_review_comes_first() {
        let text = |ja: &str| definitions::text::Text::new("", ja);
        let months = Period::Months;
        let notice = |review_first| definitions::authority::AppealNotice {
            review: authority::Review::To { to: text("見本県介護保険審査会"), within: months(3) },
            sue: months(6),
            defendant: text("見本市"),
            review_first,
        };
        let told = |review_first| Instruction::of(&Appeal::Open(notice(review_first))).unwrap().paragraphs("この処分");
        assert!(told(true).len() == 2 && told(true)[1].contains("裁決を経た後に"));
        assert!(told(false).len() == 3 && !told(false).concat().contains("裁決を経た後に"));
    }

    #[test]
    fn where_review_is_excluded_only_the_suit_is_told() {
        let instruction = Instruction { review: None, ..Instruction::usual("", "見本市", "見本市教育委員会") };
        let [suit] = instruction.paragraphs("この決定").try_into().unwrap();
        assert!(suit.contains("見本市を代表する者は、見本市教育委員会となります") && !suit.contains("審査請求"));
    }

    #[test]
    fn the_family_register_goes_to_the_family_court() {
        let text = |ja: &str| definitions::text::Text::new("", ja);
        let court = authority::CourtNotice {
            to: text("見本家庭裁判所"), by: text("戸籍法第122条"), no_review: text("戸籍法第123条")
        };
        let told = Instruction::of(&Appeal::Court(court)).unwrap().paragraphs("この決定");
        assert_eq!(
            told,
            [
                "この決定を不当とするときは、見本家庭裁判所に不服の申立てをすることができます（戸籍法第122条）。",
                "この決定については、審査請求をすることはできません（戸籍法第123条）。",
            ]
        );
    }

    #[test]
    fn the_folder_says_that_only_the_suit_is_left() {
        let text = |ja: &str| definitions::text::Text::new("", ja);
        let notice = definitions::authority::AppealNotice {
            review: authority::Review::Excluded { by: text("地方税法第434条第2項") },
            sue: Period::Months(6),
            defendant: text("見本市（訴訟において見本市を代表する者は見本市固定資産評価審査委員会）"),
            review_first: false,
        };
        let [suit, excluded] = Instruction::of(&Appeal::Open(notice)).unwrap().paragraphs("この決定").try_into().unwrap();
        assert!(
            suit.contains("6か月以内に、見本市（訴訟において見本市を代表する者は見本市固定資産評価審査委員会）を被告として")
                && !suit.contains("審査請求")
        );
        assert!(excluded.contains("審査請求をすることはできません（地方税法第434条第2項）"));
    }
}
