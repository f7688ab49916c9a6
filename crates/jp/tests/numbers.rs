//! Numbers, postal codes, phones and accounts: vectors of the rules, and what is refused.

use jp::bank::{
    AccountError, AccountHolder, AccountKind, AccountNumber, BankCode, BranchCode, Change, HolderError, YuchoError, YuchoNumber,
};
use jp::number::{
    CorporateNumber, CorporateNumberError, GovernmentKind, IndividualNumber, IndividualNumberError, LocalGovernmentCode,
    LocalGovernmentCodeError, ResidentCode,
};
use jp::phone::{Phone, PhoneError, PhoneKind};
use jp::postal::PostalCode;

mod shared;

#[test]
fn individual_numbers_by_their_check_digit() {
    for (typed, expected) in [
        ("6214 9832 0257", Ok("6214 9832 0257")),
        ("621498320258", Err(IndividualNumberError::CheckDigit)),
        ("9832 0567 3214", Ok("9832 0567 3214")),
        ("1234ー5678‐9018", Ok("1234 5678 9018")),
        ("１２３４５６７８９０１８", Ok("1234 5678 9018")),
        ("1000 0000 0080", Ok("1000 0000 0080")),
        ("1000 0000 0030", Ok("1000 0000 0030")),
        ("0000 0000 0000", Err(IndividualNumberError::Placeholder)),
        ("12345678901", Err(IndividualNumberError::NotTwelveDigits)),
        ("1234567890188", Err(IndividualNumberError::NotTwelveDigits)),
        ("12345678901a", Err(IndividualNumberError::NotTwelveDigits)),
        ("", Err(IndividualNumberError::NotTwelveDigits)),
    ] {
        assert_eq!(IndividualNumber::parse(typed).map(|number| number.spaced()), expected.map(String::from), "{typed}");
    }
}

#[test]
fn no_error_and_no_log_line_holds_a_digit_of_an_individual_number() {
    let number = IndividualNumber::parse("123456789018").unwrap();
    let code = ResidentCode::parse("12345678901").unwrap();
    let wrong = IndividualNumber::parse("123456789019").unwrap_err();
    for shown in [format!("{number:?}"), format!("{code:?}"), format!("{wrong:?} {wrong}").replace("12", "")] {
        assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
    }
    assert_eq!(serde_json::to_string(&number).unwrap(), r#""123456789018""#);
    assert!(serde_json::from_str::<IndividualNumber>(r#""123456789019""#).is_err());
}

#[test]
fn corporate_numbers_by_their_first_digit() {
    for (typed, expected) in [
        ("5-8356-7825-6246", Ok("5835678256246")),
        ("2-8356-7825-6246", Err(CorporateNumberError::CheckDigit)),
        ("7000012050002", Ok("7000012050002")),
        ("8000020130001", Ok("8000020130001")),
        ("3000020141003", Ok("3000020141003")),
        ("T3000020141003", Ok("3000020141003")),
        ("Ｔ３０００020141003", Ok("3000020141003")),
        ("300002014100", Err(CorporateNumberError::NotThirteenDigits)),
        ("TT3000020141003", Err(CorporateNumberError::NotThirteenDigits)),
    ] {
        assert_eq!(CorporateNumber::parse(typed).map(|number| number.to_string()), expected.map(String::from), "{typed}");
    }
    for (code, number) in [("130001", "8000020130001"), ("010006", "7000020010006"), ("141003", "3000020141003")] {
        assert_eq!(CorporateNumber::of_local_government(&code.parse().unwrap()).to_string(), number);
    }
}

#[test]
fn a_resident_code_is_doubted_but_never_refused_for_its_check_digit() {
    let good = ResidentCode::parse("12345678900").unwrap();
    let codes: Vec<bool> = (0..10).map(|check| ResidentCode::parse(&format!("1234567890{check}")).unwrap().looks_mistyped()).collect();
    assert_eq!(codes.iter().filter(|doubted| !**doubted).count(), 1);
    assert_eq!(good.digits(), "12345678900");
    assert!(ResidentCode::parse("1234567890").is_err());
    assert!(ResidentCode::parse("1234567890x").is_err());
}

#[test]
fn local_government_codes_by_their_check_digit() {
    for (code, kind) in [
        ("010006", GovernmentKind::Prefecture),
        ("011002", GovernmentKind::DesignatedCityOrWard),
        ("011011", GovernmentKind::DesignatedCityOrWard),
        ("011070", GovernmentKind::DesignatedCityOrWard),
        ("130001", GovernmentKind::Prefecture),
        ("131016", GovernmentKind::DesignatedCityOrWard),
        ("271403", GovernmentKind::DesignatedCityOrWard),
        ("012025", GovernmentKind::City),
        ("990019", GovernmentKind::DesignatedCityOrWard),
    ] {
        let read = LocalGovernmentCode::parse(code).unwrap();
        assert_eq!((read.to_string().as_str(), read.kind()), (code, kind));
        assert_eq!(LocalGovernmentCode::parse(&read.five_digits()), Ok(read));
    }
    assert_eq!(LocalGovernmentCode::parse("999999"), Err(LocalGovernmentCodeError::CheckDigit));
    assert_eq!(LocalGovernmentCode::parse("13101"), LocalGovernmentCode::parse("131016"));
    assert_eq!(LocalGovernmentCode::parse("1310"), Err(LocalGovernmentCodeError::NotSixDigits));
}

#[test]
fn every_municipality_s_code_fits_and_none_with_another_last_digit_does() {
    let Some(text) = shared::read("addresses/localgov_codes.csv") else { return };
    let mut codes = 0;
    for line in text.lines().skip(1) {
        let row = shared::fields(line);
        let code = row.last().unwrap();
        assert_eq!(LocalGovernmentCode::parse(code).unwrap().to_string(), *code);
        let fitting = (0..10).filter(|check| LocalGovernmentCode::parse(&format!("{}{check}", &code[..5])).is_ok()).count();
        assert_eq!(fitting, 1);
        codes += 1;
    }
    eprintln!("localgov_codes: all {codes} check digits fit");
    assert_eq!(codes, 1916);
}

#[test]
fn postal_codes_are_seven_digits_however_typed() {
    for typed in ["100-8918", "1008918", "〒100-8918", "〒 １００－８９１８", "100 8918", "100ー8918"] {
        assert_eq!(PostalCode::parse(typed).unwrap().to_string(), "100-8918", "{typed}");
    }
    for typed in ["", "〒", "100-891", "100-89189", "A7E2FK2", "100-8918x"] {
        assert!(PostalCode::parse(typed).is_err(), "{typed}");
    }
    assert_eq!(PostalCode::parse("0600042").unwrap().digits(), "0600042");
}

#[test]
fn phones_are_stored_as_e164() {
    for (typed, e164, kind) in [
        ("03-1234-5678", "+81312345678", PhoneKind::Geographic),
        ("(03)1234-5678", "+81312345678", PhoneKind::Geographic),
        ("０４２（１２３）４５６７", "+81421234567", PhoneKind::Geographic),
        ("090-1234-5678", "+819012345678", PhoneKind::Mobile),
        ("060 1234 5678", "+816012345678", PhoneKind::Mobile),
        ("+81 90-1234-5678", "+819012345678", PhoneKind::Mobile),
        ("+81(0)90-1234-5678", "+819012345678", PhoneKind::Mobile),
        ("050-1234-5678", "+815012345678", PhoneKind::Ip),
        ("0120-123-456", "+81120123456", PhoneKind::FreeOfCharge),
        ("0800-123-4567", "+818001234567", PhoneKind::FreeOfCharge),
        ("0570-123-456", "+81570123456", PhoneKind::Service),
        ("020-1234-5678", "+812012345678", PhoneKind::Machine),
        ("0200-12345-67890", "+812001234567890", PhoneKind::Machine),
        ("+1 212 555 0123", "+12125550123", PhoneKind::Abroad),
        ("010-1-212-555-0123", "+12125550123", PhoneKind::Abroad),
    ] {
        let phone = Phone::parse(typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!((phone.e164(), phone.kind(), phone.typed()), (e164, kind, typed));
        let again: Phone = serde_json::from_str(&serde_json::to_string(&phone).unwrap()).unwrap();
        assert_eq!(again, phone);
    }
    assert_eq!(Phone::parse("+81-90-1234-5678").unwrap().national(), "09012345678");
    assert!(!Phone::parse("03-1234-5678").unwrap().takes_messages());
}

#[test]
fn what_reaches_nobody_is_no_phone() {
    for (typed, why) in [
        ("", PhoneError::Empty),
        ("-", PhoneError::Empty),
        ("119", PhoneError::Short),
        ("#7119", PhoneError::Short),
        ("1234-5678", PhoneError::NoAreaCode),
        ("9012345678", PhoneError::NoAreaCode),
        ("090-1234-567", PhoneError::Length),
        ("03-1234-56789", PhoneError::Length),
        ("00-1234-5678", PhoneError::Length),
        ("+81 3 1234", PhoneError::Length),
        ("+123", PhoneError::Length),
        ("なし", PhoneError::NotDigits),
        ("090-1234-5678 (夫)", PhoneError::NotDigits),
        (&*"0".repeat(1_000_000), PhoneError::Length),
    ] {
        assert_eq!(Phone::parse(typed), Err(why), "{typed:.20}");
    }
}

#[test]
fn the_numbers_of_yucho_become_a_transfer_account() {
    for (symbol, number, branch, kind, account, name) in [
        ("10530", "12345671", "058", AccountKind::Ordinary, "1234567", "〇五八"),
        ("10530", "3451", "058", AccountKind::Ordinary, "0000345", "〇五八"),
        ("00530-0", "123456", "059", AccountKind::Current, "0123456", "〇五九"),
        ("１０５３０", "１２３４５６７１", "058", AccountKind::Ordinary, "1234567", "〇五八"),
    ] {
        let yucho = YuchoNumber::parse(symbol, number).unwrap();
        let place = yucho.to_account();
        assert_eq!(
            (place.bank, place.branch.to_string().as_str(), place.kind, place.number.to_string().as_str()),
            (BankCode::YUCHO, branch, kind, account)
        );
        assert_eq!(yucho.branch_name(), name);
        assert_eq!(serde_json::from_str::<YuchoNumber>(&serde_json::to_string(&yucho).unwrap()).unwrap(), yucho);
    }
    for (symbol, number, why) in [
        ("20530", "12345671", YuchoError::Symbol),
        ("1053", "12345671", YuchoError::Symbol),
        ("1053000", "12345671", YuchoError::Symbol),
        ("10530", "12345672", YuchoError::NotEndingInOne),
        ("10530", "123456711", YuchoError::Number),
        ("10530", "1", YuchoError::Number),
        ("10530", "", YuchoError::Number),
        ("00530", "12345678", YuchoError::Number),
    ] {
        assert_eq!(YuchoNumber::parse(symbol, number), Err(why), "{symbol} {number}");
    }
}

#[test]
fn codes_of_accounts_keep_their_zeros() {
    assert_eq!(BankCode::parse("0001").unwrap().to_string(), "0001");
    assert_eq!(BankCode::parse("1"), Err(AccountError::Bank));
    assert_eq!(BranchCode::parse("０５８").unwrap().to_string(), "058");
    assert_eq!(BranchCode::parse("0058"), Err(AccountError::Branch));
    assert_eq!(AccountNumber::parse("12345").unwrap().to_string(), "0012345");
    assert_eq!(AccountNumber::parse("12345671"), Err(AccountError::Number));
    let account = YuchoNumber::parse("10530", "12345671").unwrap().to_account().held_by(AccountHolder::parse("ミホン ハナコ").unwrap());
    assert_eq!(account.masked_number(), "****567");
    for code in [1, 2, 4, 9] {
        assert_eq!(AccountKind::of_code(code).map(AccountKind::code), Some(code));
    }
    assert_eq!(AccountKind::of_code(3), None);
}

#[test]
fn a_holder_s_name_is_written_as_transfer_files_allow() {
    use Change::{LongMark, Punctuation, SmallMadeLarge};
    for (typed, name, changes) in [
        ("ガ", "ｶﾞ", &[][..]),
        ("キャノン", "ｷﾔﾉﾝ", &[SmallMadeLarge]),
        ("ヨーコ", "ﾖ-ｺ", &[LongMark]),
        ("パーク", "ﾊﾟ-ｸ", &[LongMark]),
        ("ヂ", "ﾁﾞ", &[]),
        ("ヴァイオリン", "ｳﾞｱｲｵﾘﾝ", &[SmallMadeLarge]),
        ("さとう　はなこ", "ｻﾄｳ ﾊﾅｺ", &[]),
        ("  ｻﾄｳ   ﾊﾅｺ ", "ｻﾄｳ ﾊﾅｺ", &[]),
        ("か\u{3099}く", "ｶﾞｸ", &[]),
        ("smith John", "SMITH JOHN", &[]),
        ("カ）サンプル", "ｶ)ｻﾝﾌﾟﾙ", &[]),
        ("ジョン・スミス", "ｼﾞﾖﾝ ｽﾐｽ", &[SmallMadeLarge, Punctuation]),
    ] {
        let (holder, noted) = AccountHolder::parse_noting(typed).unwrap();
        assert_eq!((holder.as_str(), &*noted), (name, changes), "{typed}");
        assert_eq!(AccountHolder::parse(holder.as_str()).unwrap(), holder);
    }
    for (typed, why) in [
        ("", HolderError::Empty),
        ("佐藤花子", HolderError::NotAllowed('佐')),
        ("㈱サンプル", HolderError::NotAllowed('株')),
        ("ヲカ", HolderError::NotAllowed('ｦ')),
        ("アﾞ", HolderError::Voicing),
        ("ヷ", HolderError::Voicing),
        ("サトウ\0", HolderError::NotAllowed('\0')),
        (&*"ア".repeat(31), HolderError::TooLong),
        (&*"ガ".repeat(16), HolderError::TooLong),
        (&*"ア".repeat(1_000_000), HolderError::TooLong),
    ] {
        assert_eq!(AccountHolder::parse(typed), Err(why), "{typed:.20}");
    }
    assert!(AccountHolder::parse("ヨーコ サトウ").unwrap().resembles("ヨーコサトウ"));
    assert!(!AccountHolder::parse("サトウ").unwrap().resembles("カトウ"));
}
