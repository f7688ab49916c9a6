//! Foreign forms as a mirror: each component of real forms of other administrations is held against the kinds of our language. What it cannot say is
//! listed in `docs/authors/mirror.md` with its share.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

/// How a component is said here; none: not at all.
type Said = (&'static str, Option<&'static str>);

/// Each collection with the components of its forms.
const SAID: &[(&str, &[Said])] = &[
    (
        "moj",
        &[
            ("text", Some("text")),
            ("textarea", Some("long_text")),
            ("radios", Some("choice")),
            ("checkboxes", Some("choices")),
            ("content", Some("note")),
            ("date", Some("date")),
            ("email", Some("mail")),
            ("number", Some("number")),
            ("upload", Some("files")),
            ("multiupload", Some("files")),
            ("autocomplete", Some("choice")),
            ("address", Some("address")),
        ],
    ),
    (
        "alphagov",
        &[
            ("text", Some("text")),
            ("number", Some("number")),
            ("address", Some("address")),
            ("email", Some("mail")),
            ("date", Some("date")),
            ("national_insurance_number", Some("individual_number")),
            ("phone_number", Some("phone")),
            ("selection", Some("choice")),
            ("name", Some("person_name")),
            ("organisation_name", Some("text")),
            ("file", Some("files")),
        ],
    ),
    (
        "defra",
        &[
            ("TextField", Some("text")),
            ("MultilineTextField", Some("long_text")),
            ("NumberField", Some("number")),
            ("DatePartsField", Some("date")),
            ("YesNoField", Some("yes_no")),
            ("EmailAddressField", Some("mail")),
            ("TelephoneNumberField", Some("phone")),
            ("UkAddressField", Some("address")),
            ("RadiosField", Some("choice")),
            ("SelectField", Some("choice")),
            ("CheckboxesField", Some("choices")),
            ("FileUploadField", Some("files")),
            ("Html", Some("note")),
            ("Details", Some("note")),
            ("InsetText", Some("note")),
        ],
    ),
    (
        "open-forms",
        &[
            ("textfield", Some("text")),
            ("textarea", Some("long_text")),
            ("number", Some("number")),
            ("checkbox", Some("yes_no")),
            ("radio", Some("choice")),
            ("select", Some("choice")),
            ("selectboxes", Some("choices")),
            ("email", Some("mail")),
            ("bsn", Some("individual_number")),
            ("content", Some("note")),
            ("editgrid", Some("group")),
            ("children", Some("household_member")),
            ("date", Some("date")),
            ("currency", Some("money")),
            ("iban", Some("bank_account")),
            ("file", Some("files")),
            ("signature", Some("signature")),
            ("addressNL", Some("address")),
            ("fieldset", Some("page")),
            ("columns", Some("page")),
            ("map", Some("place")),
        ],
    ),
    (
        "va",
        &[
            ("string", Some("text")),
            ("string:enum", Some("choice")),
            ("string:email", Some("mail")),
            ("string:date", Some("date")),
            ("boolean", Some("yes_no")),
            ("boolean:enum", Some("consent")),
            ("integer", Some("number")),
            ("array", Some("group")),
            ("string:pattern", Some("text")),
            // A number that machines give each other; people write none.
            ("string:uuid", None),
            ("number", Some("decimal")),
        ],
    ),
];

fn count(value: &Value, of: &str, counts: &mut BTreeMap<String, usize>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| count(one, of, counts)),
        Value::Object(map) => {
            if let Some(component) = component(map, of) {
                *counts.entry(component).or_default() += 1;
            }
            map.values().for_each(|one| count(one, of, counts));
        }
        Value::String(text) if of == "open-forms" => {
            // The parts of an export are JSON within JSON.
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                count(&inner, of, counts);
            }
        }
        _ => {}
    }
}

fn component(map: &serde_json::Map<String, Value>, of: &str) -> Option<String> {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    match of {
        // `radio` and `checkbox` are the options of a question, names with a dot are pages.
        "moj" => text("_type")
            .filter(|kind| !["radio", "checkbox", "if", "and", "or", "link"].contains(kind) && !kind.contains('.'))
            .map(str::to_owned),
        "alphagov" => text("answer_type").map(str::to_owned),
        // Lists of options have a type in small letters.
        "defra" => {
            let is_component = |kind: &&str| kind.starts_with(char::is_uppercase) && map.contains_key("name") && map.contains_key("title");
            text("type").filter(is_component).map(str::to_owned)
        }
        "open-forms" => text("type").filter(|_| map.contains_key("key") && map.contains_key("label")).map(str::to_owned),
        _ => {
            let kind = text("type").filter(|kind| !["object", "null"].contains(kind))?;
            let shape = if map.contains_key("enum") {
                ":enum".to_owned()
            } else if let Some(format) = text("format") {
                format!(":{format}")
            } else if map.contains_key("pattern") {
                ":pattern".to_owned()
            } else {
                String::new()
            };
            Some(format!("{kind}{shape}"))
        }
    }
}

fn read(folder: &Path, of: &str, counts: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            read(&entry.path(), of, counts);
        } else if let Some(value) = fs::read(entry.path()).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) {
            count(&value, of, counts);
        }
    }
}

#[test]
fn what_foreign_forms_ask_is_said_here_or_listed_as_what_is_not() {
    let schema = definitions::schema::schema();
    for kind in SAID.iter().flat_map(|(_, said)| said.iter()).filter_map(|(_, kind)| *kind).filter(|kind| *kind != "page") {
        assert!(schema.contains(&format!("\"{kind}\"")), "{kind} is no kind of ours");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let Some(forms) = root.ancestors().skip(1).map(|above| above.join("shared/data/forms")).find(|forms| forms.is_dir()) else {
        eprintln!("ABSENT: shared/data/forms beside the checkout — nothing was compared");
        return;
    };
    let doc = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/authors/mirror.md")).unwrap();
    for (of, said) in SAID {
        let mut counts = BTreeMap::new();
        read(&forms.join(of), of, &mut counts);
        let unknown: Vec<&String> = counts.keys().filter(|component| !said.iter().any(|(name, _)| name == component)).collect();
        assert!(unknown.is_empty(), "{of}: of these nobody has said whether we can say them: {unknown:?}");
        let all: usize = counts.values().sum();
        let cannot: usize =
            counts.iter().filter(|(name, _)| said.iter().any(|(known, kind)| known == name && kind.is_none())).map(|(_, n)| n).sum();
        assert!(all > 0, "{of} holds components");
        println!("| {of} | {all} | {} |", all - cannot);
        assert!(
            doc.contains(&format!("| {of} | {all} | {} |", all - cannot)),
            "docs/authors/mirror.md should say: | {of} | {all} | {} |",
            all - cannot
        );
    }
}
