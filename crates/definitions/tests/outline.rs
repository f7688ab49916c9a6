//! The first outline of a procedure: whole, with an example, and asking for what only its author knows.

mod language_world;

use definitions::{
    outline::{Asked, NewFile, outline},
    sources::Sources,
};
use language_world::{TOWN, checked, lines, sources};

fn asked(id: &str) -> Asked<'_> {
    Asked { id, like: None, title: Some("猫の\"登録\""), on: "2026-12-01".parse().unwrap() }
}

/// The small town in three languages, of which two are complete.
fn world() -> Sources {
    sources(&[("town.yaml", &TOWN.replace("{ ja: complete }", "{ ja: complete, easy: complete, en: partial }"))])
}

fn outlined(sources: &Sources, asked: &Asked<'_>) -> Vec<NewFile> {
    outline(sources, asked).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)))
}

fn with(mut sources: Sources, files: &[NewFile]) -> Sources {
    for file in files {
        sources.folders.get_mut("small").unwrap().insert(file.path.clone(), file.text.clone().into_bytes());
    }
    sources
}

/// Every `〔…〕` replaced by a sentence, and every `say: ""` by a translation.
fn written(files: &[NewFile]) -> Vec<NewFile> {
    let fill = |text: &str| {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('〔') {
            let (what, behind) = after.split_once('〕').unwrap();
            filled.push_str(before);
            // The comment at the top speaks of the brackets themselves.
            filled.push_str(if what.trim().is_empty() { "" } else { what });
            rest = behind;
        }
        (filled + rest).replace("say: \"\"", "say: \"ねこ cat\"")
    };
    files.iter().map(|file| NewFile { path: file.path.clone(), text: fill(&file.text) }).collect()
}

/// What `check` says of a procedure's own files.
fn said(sources: &Sources, id: &str) -> Vec<String> {
    lines(&checked(sources).problems).into_iter().filter(|line| line.contains(&format!("/{id}.yaml:"))).collect()
}

#[test]
fn an_outline_asks_for_what_is_to_be_written_and_nothing_else() {
    let files = outlined(&world(), &asked("cat"));
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["procedures/cat.yaml", "words/easy/cat.yaml", "words/en/cat.yaml"]);
    assert!(files[0].text.contains("title: \"猫の\\\"登録\\\"\"\n"), "a title is quoted, whatever it holds");
    assert!(
        files[1].text.starts_with("words: easy\nat: procedures.cat\ntexts:\n  title: { of: \"猫の\\\"登録\\\"\", say: \"\" }\n"),
        "{}",
        files[1].text
    );
    let found = said(&with(world(), &files), "cat");
    assert!(found.len() >= 10, "{found:#?}");
    let to_do = |line: &String| ["は書きかけのまま", "の訳が書かれていない"].iter().any(|what| line.contains(what));
    assert!(found.iter().all(to_do), "{found:#?}");
}

#[test]
fn once_its_texts_are_filled_it_passes() {
    let first = written(&outlined(&world(), &asked("cat")));
    // The sentences that were written since are added by asking again; what is there stays as it is.
    let world_then = with(world(), &first);
    let second = outlined(&world_then, &asked("cat"));
    let paths: Vec<&str> = second.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["words/easy/cat.yaml", "words/en/cat.yaml"], "the procedure is not touched again");
    assert!(second[0].text.starts_with(&first[1].text), "{}", second[0].text);
    let world_then = with(world_then, &written(&second));
    assert_eq!(said(&world_then, "cat"), Vec::<String>::new());
    assert_eq!(outlined(&world_then, &asked("cat")), [], "and nothing is left to be added");
    let report = checked(&world_then);
    assert!(report.examples > 3, "its example is walked");
    assert!(
        !lines(&report.warnings).iter().any(|line| line.contains("/cat.yaml:") && line.contains("気づかない")),
        "{:#?}",
        lines(&report.warnings)
    );
}

#[test]
fn what_is_like_another_says_only_what_differs() {
    let world = sources(&[]);
    let files = outlined(&world, &Asked { like: Some("dog"), ..asked("cat") });
    assert_eq!(files.len(), 1, "the small town speaks Japanese alone");
    assert!(files[0].text.contains("procedure: cat\nlike: dog\n"), "{}", files[0].text);
    assert_eq!(said(&with(world.clone(), &written(&files)), "cat"), Vec::<String>::new());
}

#[test]
fn no_outline_is_made_of_what_cannot_be() {
    let refused = |asked: &Asked<'_>, what: &str| {
        let found = lines(&outline(&sources(&[]), asked).expect_err("refused"));
        assert!(found.iter().any(|line| line.contains(what)), "{found:#?} lacks {what}");
    };
    refused(&asked("Cat"), "`Cat` は id ではない");
    refused(&Asked { like: Some("dig"), ..asked("cat") }, "`dig` という手続はない; `dog` のことか");
    let mut elsewhere = sources(&[]);
    let files = elsewhere.folders.get_mut("small").unwrap();
    let text = files.remove("procedures/dog.yaml").unwrap();
    files.insert("animals.yaml".to_owned(), text);
    let found = lines(&outline(&elsewhere, &asked("dog")).expect_err("it is there in another file"));
    assert!(found[0].starts_with("small/animals.yaml:1:12: 手続 `dog` はもうある"), "{found:#?}");
    let bare = Sources { town: "small".to_owned(), ..Sources::default() };
    assert!(!outline(&bare, &asked("cat")).expect_err("no town").is_empty());
    let mut silent = sources(&[]);
    silent.folders.get_mut("small").unwrap().retain(|path, _| path == "town.yaml");
    let found = lines(&outline(&silent, &asked("cat")).expect_err("nothing to name"));
    assert!(found[0].contains("まちに課（departments）が一つもない; まずそれを定義する"), "{found:#?}");
}
