//! `yakuba may WHO DO WHAT`: the answer, the grants that give it or stand against it, and exit codes for scripts.

mod served;

use std::process::Output;

use served::{Place, repository};

struct Hall {
    place: Place,
    town: String,
}

impl Hall {
    /// 見本市 with a clerk and a chief of 子育て支援課.
    fn open() -> Hall {
        let hall = Hall { place: Place::laid_out(), town: repository("towns/mihon").display().to_string() };
        for (login, role) in [("mori", "clerk"), ("hayashi", "chief")] {
            let words = ["add", "--login", login, "--name", "森 恵", "--department", "childcare", "--role", role];
            let done = hall.place.run(&["staff"], &[&["--town", hall.town.as_str()], &words[..]].concat());
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        hall
    }

    fn may(&self, words: &[&str]) -> Output {
        self.place.run(&["may"], &[&["--town", self.town.as_str()], words].concat())
    }

    #[track_caller]
    fn says(&self, words: &[&str], code: i32, lines: &[&str]) {
        let done = self.may(words);
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert_eq!(done.status.code(), Some(code), "{words:?}: {said}");
        for line in lines {
            assert!(said.contains(line), "{words:?} should say `{line}`: {said}");
        }
    }
}

#[test]
fn the_grants_that_give_and_those_that_do_not_are_named_with_their_reason() {
    let hall = Hall::open();
    hall.says(
        &["mori", "read", "case", "--department", "childcare"],
        0,
        &["森 恵 (mori): read yes", "holds clerk in childcare", "clerk_works_on_cases (as clerk in childcare): gives it"],
    );
    hall.says(
        &["mori", "read", "case", "--department", "tax"],
        1,
        &["mori): read no", "clerk_works_on_cases (as clerk in childcare): only their own departments' records; this is of tax"],
    );
    hall.says(
        &["mori", "read", "case", "--department", "childcare", "--sensitivity", "individual_number"],
        1,
        &[
            "childcare_clerk_opens_numbers (as clerk in childcare): only what is assigned to them",
            "reaches ChildWelfare data; this is IndividualNumber",
        ],
    );
    hall.says(
        &["mori", "read", "case", "--department", "childcare", "--sensitivity", "individual_number", "--theirs"],
        0,
        &["childcare_clerk_opens_numbers (as clerk in childcare): gives it"],
    );
    hall.says(
        &["mori", "decide", "case", "--department", "childcare"],
        1,
        &[
            "clerk_works_on_cases (as clerk in childcare): gives read, work, assign, print only",
            "tax_clerk_works_on_taxes (as clerk in childcare): only for this role in tax",
        ],
    );
    hall.says(&["HAYASHI", "decide", "case", "--department", "childcare"], 0, &["childcare_chief_decides_on_children"]);
}

#[test]
fn words_that_mean_nothing_are_told_with_those_that_do() {
    let hall = Hall::open();
    hall.says(&["nobody", "read", "case"], 1, &["nobody works here as `nobody`"]);
    hall.says(&["mori", "peek", "case"], 1, &["`peek` is no act; there are: read, work, decide"]);
    hall.says(&["mori", "read", "cases"], 1, &["`cases` is neither the number of a case nor a kind of record; kinds are: case, resident"]);
    hall.says(&["mori", "read", "K7P-4M2-9"], 1, &[]);
    hall.says(&["mori", "read", "case", "--department", "nowhere"], 1, &["the town has no department `nowhere`"]);
    hall.says(&["mori", "read", "case", "--sensitivity", "secret"], 1, &["`secret` is no sensitivity; there are: ordinary, tax"]);
}
