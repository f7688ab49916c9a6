//! What a procedure covers of the national inventory: ids of the right shape, each covered by one procedure.

mod language_world;

use language_world::{PROCEDURE, sources, town, with_procedure, wrong};

/// The small town's procedure, covering rows of the inventory.
fn covering(inventory: &str) -> String {
    PROCEDURE.replacen("minutes: 5", &format!("minutes: 5\ninventory: {inventory}"), 1)
}

#[test]
fn a_procedure_knows_the_rows_that_it_covers() {
    let town = town(&with_procedure("minutes: 5", "minutes: 5\ninventory: [9108, DP24108216]"));
    let ids: Vec<&str> = town.procedures["dog"].inventory.iter().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["9108", "DP24108216"]);
    assert_eq!(language_world::town(&sources(&[])).procedures["dog"].inventory, []);
}

#[test]
fn an_id_of_wrong_shape_is_refused_where_it_stands() {
    for bad in ["dog", "09108", "DP9108", "12345678"] {
        let found = wrong(&with_procedure("minutes: 5", &format!("minutes: 5\ninventory: [9108, {bad}]")));
        let said = format!("small/procedures/dog.yaml:10:19: `{bad}` は棚卸調査の手続ID ではない; `9108` のような");
        assert!(found.len() == 1 && found[0].starts_with(&said), "{found:#?}");
    }
}

#[test]
fn a_row_is_covered_once() {
    let twice = wrong(&with_procedure("minutes: 5", "minutes: 5\ninventory: [9108, 9112, 9108]"));
    assert_eq!(twice, ["small/procedures/dog.yaml:10:25: 手続ID `9108` が二度書かれている; 片方を消す"]);
    let cat = covering("[9112, 9108]").replace("procedure: dog", "procedure: cat");
    let two = wrong(&sources(&[("procedures/dog.yaml", &covering("[9108]")), ("procedures/cat.yaml", &cat)]));
    // Files are read in the order of their names.
    let said = "small/procedures/dog.yaml:10:13: 手続ID `9108` は、手続 `cat` も扱うと言っている; どちらかから消す。";
    assert!(two.len() == 1 && two[0].starts_with(said), "{two:#?}");
}

#[test]
fn what_is_like_another_may_cover_the_same_row() {
    let files = [
        ("procedures/dog.yaml", covering("[9108]")),
        ("procedures/cat.yaml", "procedure: cat\nlike: dog\ntitle: 猫の登録\n".to_owned()),
        ("procedures/kitten.yaml", "procedure: kitten\nlike: cat\ntitle: 子猫の登録\ninventory: [9112, 9108]\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(wrong(&sources(&files)), Vec::<String>::new());
    let town = town(&sources(&files));
    assert_eq!(town.procedures["cat"].inventory.len(), 1, "it is taken over from what it is like");
}

#[test]
fn a_row_that_is_not_the_towns_stands_with_its_reason_and_is_not_covered() {
    let excluded = "inventory_excluded: { 31262: 建築主事を置く市だけが扱います。, DP24108216: 県が扱います。 }\n";
    let town = town(&sources(&[("not_ours.yaml", excluded)]));
    assert_eq!(town.inventory_excluded.len(), 2);
    let found = wrong(&sources(&[("not_ours.yaml", "inventory_excluded: { 031: 理由 }\n")]));
    assert_eq!(found, ["small/not_ours.yaml:1:23: `031` は名前にできない; 棚卸調査の手続ID（9108 など）で書く"]);
    let found = wrong(&sources(&[("not_ours.yaml", "inventory_excluded: { 31262: ~ }\n")]));
    assert!(found.len() == 1 && found[0].contains("何も書かれていない"), "{found:#?}");
    let both = sources(&[("not_ours.yaml", excluded), ("procedures/dog.yaml", &covering("[31262]"))]);
    let found = wrong(&both);
    let said = "small/not_ours.yaml:1:30: 手続ID `31262` を、手続 `dog` が扱っている; ここから消す";
    assert!(found.len() == 1 && found[0].starts_with(said), "{found:#?}");
}
