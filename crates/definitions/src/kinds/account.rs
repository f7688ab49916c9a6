//! 口座: at a bank by its codes, or at ゆうちょ銀行 by 記号 and 番号 as the passbook has them. Encrypted where it is stored, masked where it
//! is shown, sealed to conditions.

use jp::bank::{AccountError, AccountHolder, AccountNumber, BankCode, BranchCode, HolderError, YuchoError, YuchoNumber};

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width, in_language, signature::sealed};
use crate::{
    answer::{self, Answer, Deposit},
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 口座.
pub(super) struct Account;

/// The inputs that a person fills; what a list shows chosen (`kind`, `deposit`) is not among them.
const PARTS: [&str; 6] = ["bank", "branch", "number", "symbol", "post_number", "holder"];

impl Nature for Account {
    fn shape(&self) -> Shape {
        Shape::Parts
    }

    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        PARTS.iter().all(|part| typed.first(&format!("{path}.{part}")).is_none_or(|value| value.trim().is_empty()))
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        if self.is_blank(asked.typed, asked.path) {
            return Ok(None);
        }
        match asked.part("kind") {
            "bank" => at_a_bank(asked),
            "post" => at_the_post(asked),
            _ => Err(vec![Wrong::part("kind", "kind-account-kind-required")]),
        }
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Sealed)
    }

    fn value(&self, _: &Answer) -> Value {
        sealed()
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::BankAccount(account) = answer else { return };
        let mut set = |part: &str, value: &str| into.set(format!("{path}.{part}"), [value]);
        match account {
            answer::Account::Bank { bank, branch, deposit, number, holder } => {
                set("kind", "bank");
                set("bank", bank);
                set("branch", branch);
                set("deposit", deposit_id(*deposit));
                set("number", number);
                set("holder", holder);
            }
            answer::Account::PostBank { symbol, number, holder } => {
                set("kind", "post");
                set("symbol", symbol);
                set("post_number", number);
                set("holder", holder);
            }
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        let Answer::BankAccount(account) = answer else { return String::new() };
        match account {
            answer::Account::Bank { bank, branch, deposit, number, holder } => {
                let kind = match deposit {
                    Deposit::Ordinary => in_language(language, "普通", "普通", "ordinary"),
                    Deposit::Current => in_language(language, "当座", "当座", "current"),
                    Deposit::Savings => in_language(language, "貯蓄", "貯蓄", "savings"),
                };
                format!("{bank}-{branch} {kind} {} {holder}", masked(number))
            }
            answer::Account::PostBank { symbol, number, holder } => {
                let post = in_language(language, "ゆうちょ銀行", "ゆうちょ銀行", "Japan Post Bank");
                format!("{post} {symbol}-{} {holder}", masked(number))
            }
        }
    }
}

/// All but the last three digits hidden: enough to tell one's accounts apart.
fn masked(number: &str) -> String {
    let kept = number.len().saturating_sub(3);
    format!("{}{}", "*".repeat(kept), number.get(kept..).unwrap_or(""))
}

fn deposit_id(deposit: Deposit) -> &'static str {
    match deposit {
        Deposit::Ordinary => "ordinary",
        Deposit::Current => "current",
        Deposit::Savings => "savings",
    }
}

fn at_a_bank(asked: &Asked<'_>) -> Parsed {
    let mut wrongs = Vec::new();
    let mut keep = |part: &'static str, read: Result<String, AccountError>| match read {
        Ok(code) => code,
        Err(error) => {
            wrongs.push(Wrong::part(part, account_word(error)));
            String::new()
        }
    };
    let bank = keep("bank", BankCode::parse(asked.part("bank")).map(|code| code.to_string()));
    let branch = keep("branch", BranchCode::parse(asked.part("branch")).map(|code| code.to_string()));
    let number = keep("number", AccountNumber::parse(asked.part("number")).map(|number| number.to_string()));
    let deposit = match asked.part("deposit") {
        "" | "ordinary" => Deposit::Ordinary,
        "current" => Deposit::Current,
        "savings" => Deposit::Savings,
        _ => {
            wrongs.push(Wrong::part("deposit", "kind-choice-not-offered"));
            Deposit::Ordinary
        }
    };
    let holder = holder(asked, &mut wrongs);
    if !wrongs.is_empty() {
        return Err(wrongs);
    }
    Ok(Some(Answer::BankAccount(answer::Account::Bank { bank, branch, deposit, number, holder })))
}

fn account_word(error: AccountError) -> &'static str {
    match error {
        AccountError::Bank => "kind-account-bank",
        AccountError::Branch => "kind-account-branch",
        AccountError::Number => "kind-account-number",
    }
}

fn at_the_post(asked: &Asked<'_>) -> Parsed {
    let mut wrongs = Vec::new();
    let (symbol, number) = (digits(asked.part("symbol")), digits(asked.part("post_number")));
    match YuchoNumber::parse(&symbol, &number) {
        Ok(_) => {}
        Err(YuchoError::Symbol) => wrongs.push(Wrong::part("symbol", "kind-account-symbol")),
        Err(YuchoError::Number) => wrongs.push(Wrong::part("post_number", "kind-account-post-number")),
        Err(YuchoError::NotEndingInOne) => wrongs.push(Wrong::part("post_number", "kind-account-post-other-account")),
    }
    let holder = holder(asked, &mut wrongs);
    if !wrongs.is_empty() {
        return Err(wrongs);
    }
    Ok(Some(Answer::BankAccount(answer::Account::PostBank { symbol, number, holder })))
}

fn digits(typed: &str) -> String {
    half_width(typed).chars().filter(|c| !matches!(c, '-' | ' ')).collect()
}

fn holder(asked: &Asked<'_>, wrongs: &mut Vec<Wrong>) -> String {
    let wrong = match AccountHolder::parse(asked.part("holder")) {
        Ok(holder) => return holder.as_str().to_owned(),
        Err(HolderError::Empty) => Wrong::part("holder", "kind-account-holder-required"),
        Err(HolderError::NotAllowed(letter)) => Wrong::part("holder", "kind-account-holder-letter").with("letter", letter),
        Err(HolderError::Voicing) => Wrong::part("holder", "kind-account-holder-letter").with("letter", "゛"),
        Err(HolderError::TooLong) => Wrong::part("holder", "kind-text-too-long").with("count", "30+").with("most", 30),
    };
    wrongs.push(wrong);
    String::new()
}
