//! The SQL that rooms may use: each construct with the same text on both engines, and the same answer. What is not here is not used.

use store::{Cell, Migration, Param, on_both_engines, params};

const TABLES: Migration = Migration {
    name: "sql-0001",
    sql: "
    create table owner (id text primary key, name text not null, born text);
    create table dog (
        id text primary key, owner text references owner (id) on delete cascade, name text not null default '名無し',
        fee bigint not null default 0 check (fee >= 0), chip blob, neutered bigint not null default 0, unique (owner, name));
    create index dog_fee on dog (fee desc, id) where neutered = 0;
    create table counter (name text primary key, last bigint not null);
    ",
};

const ROWS: &[&str] = &[
    "insert into owner (id, name, born) values ('1', '佐藤花子', '1990-02-28'), ('2', '田中太郎', null)",
    "insert into dog (id, owner, name, fee) values ('a', '1', 'ポチ', 3000), ('b', '1', 'ハチ', 500), ('c', null, 'Z', 0), ('d', '2', 'a', 0)",
];

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A construct, values, and the rows that it gives.
type Construct = (&'static str, Vec<Param>, Vec<Vec<Cell>>);

fn one(cells: Vec<Cell>) -> Vec<Vec<Cell>> {
    vec![cells]
}

fn constructs() -> Vec<Construct> {
    use Cell::{Int, Null};
    vec![
        ("select name from dog order by name", vec![], vec![vec![text("Z")], vec![text("a")], vec![text("ハチ")], vec![text("ポチ")]]),
        ("select count(*), sum(fee), min(fee), max(name) from dog", vec![], one(vec![Int(4), Int(3500), Int(0), text("ポチ")])),
        ("select coalesce(sum(fee), 0) from dog where id = 'none'", vec![], one(vec![Int(0)])),
        ("select sum(fee) from dog where id = 'none'", vec![], one(vec![Null])),
        ("select count(*) filter (where fee > 0) from dog", vec![], one(vec![Int(2)])),
        (
            "select id from dog where (fee, id) > ($1, $2) order by fee, id limit $3",
            params![0, "c", 2].to_vec(),
            vec![vec![text("d")], vec![text("b")]],
        ),
        ("select id from dog order by fee desc, id limit $1 offset $2", params![1, 1].to_vec(), one(vec![text("b")])),
        ("select fee > 100, fee = $2 from dog where id = $1", params!["a", 3000].to_vec(), one(vec![Int(1), Int(1)])),
        (
            "select o.name, d.name from owner o left join dog d on d.owner = o.id and d.fee > 600 order by o.id",
            vec![],
            vec![vec![text("佐藤花子"), text("ポチ")], vec![text("田中太郎"), Null]],
        ),
        ("select id from owner where exists (select 1 from dog d where d.owner = owner.id and d.fee > 0)", vec![], one(vec![text("1")])),
        (
            "select id from dog where owner in (select id from owner where born is not null) and id in ($1, $2)",
            params!["b", "c"].to_vec(),
            one(vec![text("b")]),
        ),
        ("select count(*) from (select 1 from dog where fee = 0 limit $1) as few", params![1].to_vec(), one(vec![Int(1)])),
        ("select owner, count(*) from dog group by owner having count(*) > 1", vec![], one(vec![text("1"), Int(2)])),
        ("select id from dog where owner is not distinct from $1 order by id", vec![Param::Null], one(vec![text("c")])),
        ("select id from owner order by born desc nulls last", vec![], vec![vec![text("1")], vec![text("2")]]),
        ("select case when fee > $1 then 'dear' else 'cheap' end from dog where id = 'a'", params![1000].to_vec(), one(vec![text("dear")])),
        (
            "select cast(fee as text), cast('7' as bigint), fee / 7, fee % 7 from dog where id = 'b'",
            vec![],
            one(vec![text("500"), Int(7), Int(71), Int(3)]),
        ),
        (
            "select name || '・' || id, length(name), upper(id), substr(name, 1, 1), replace(name, 'ポ', 'ボ') from dog where id = 'a'",
            vec![],
            one(vec![text("ポチ・a"), Int(2), text("A"), text("ポ"), text("ボチ")]),
        ),
        ("select length(chip), chip from dog where id = 'a'", vec![], one(vec![Int(2), Cell::Bytes(vec![0, 255])])),
        ("select string_agg(id, ',' order by id desc) from dog where fee = 0", vec![], one(vec![text("d,c")])),
        ("with dear as (select id from dog where fee > 100) select count(*) from dear", vec![], one(vec![Int(2)])),
        (
            "with recursive up (n) as (select 1 union all select n + 1 from up where n < 5) select sum(n) from up",
            vec![],
            one(vec![Int(15)]),
        ),
        (
            "select id, row_number() over (partition by owner order by fee) from dog where owner = '1' order by id",
            vec![],
            vec![vec![text("a"), Int(2)], vec![text("b"), Int(1)]],
        ),
        (
            "select 'dog' from dog where id = 'a' union all select 'owner' from owner where id = '1' order by 1",
            vec![],
            vec![vec![text("dog")], vec![text("owner")]],
        ),
        ("select distinct fee from dog order by fee", vec![], vec![vec![Int(0)], vec![Int(500)], vec![Int(3000)]]),
        ("select id from dog where name like $1 escape '!'", params!["ポ%"].to_vec(), one(vec![text("a")])),
        (
            "select abs(-3), nullif(fee, 0), coalesce($1, owner, 'x') from dog where id = 'c'",
            vec![Param::Null],
            one(vec![Int(3), Null, text("x")]),
        ),
        (
            "insert into dog (id, owner, name) values ($1, $2, $3) on conflict (id) do nothing returning id",
            params!["a", "1", "シロ"].to_vec(),
            vec![],
        ),
        (
            "insert into counter (name, last) values ($1, 1) on conflict (name) do update set last = counter.last + 1 returning last",
            params!["new"].to_vec(),
            one(vec![Int(1)]),
        ),
        (
            "insert into counter (name, last) values ($1, 1) on conflict (name) do update set last = counter.last + excluded.last returning last",
            params!["new"].to_vec(),
            one(vec![Int(2)]),
        ),
        (
            "insert into counter (name, last) select id, $1 from owner where id = '1' returning name, last",
            params![9].to_vec(),
            one(vec![text("1"), Int(9)]),
        ),
        (
            "insert into counter (name, last) values ('next', (select coalesce(max(last), 0) + 1 from counter)) returning last",
            vec![],
            one(vec![Int(10)]),
        ),
        (
            "update counter set last = last + $2 where name = $1 and last < $3 returning last",
            params!["next", 5, 100].to_vec(),
            one(vec![Int(15)]),
        ),
        (
            "update dog set fee = (select max(last) from counter) where id = (select id from dog where fee = 0 order by id limit 1) returning id, fee",
            vec![],
            one(vec![text("c"), Int(15)]),
        ),
        (
            "update dog set fee = c.last from counter c where c.name = dog.owner and dog.id = 'b' returning dog.id, dog.fee",
            vec![],
            one(vec![text("b"), Int(9)]),
        ),
        ("delete from counter where name in ('new', 'next') returning last", vec![], vec![vec![Int(2)], vec![Int(15)]]),
        ("delete from owner where id = '2' returning id", vec![], one(vec![text("2")])),
        ("select count(*) from dog where owner = '2'", vec![], one(vec![Int(0)])),
    ]
}

on_both_engines! {
    fn every_allowed_construct_means_the_same(place: Place) {
        let store = place.open("desk", &[TABLES]);
        for sql in ROWS {
            store.write(|tx| tx.run(sql, params![])).expect("the rows are written");
        }
        // Bytes are bound: the engines write them differently.
        store.write(|tx| tx.run("update dog set chip = $1 where id = 'a'", params![vec![0_u8, 255]])).expect("the chip is written");
        for (sql, values, expected) in constructs() {
            let rows = store.write(move |tx| tx.all(sql, &values));
            let cells: Vec<Vec<Cell>> = rows.unwrap_or_else(|error| panic!("{sql}: {error}")).iter().map(|row| row.cells().to_vec()).collect();
            assert_eq!(cells, expected, "{sql}");
        }
    }

    fn a_wrong_number_of_values_is_an_error(place: Place) {
        let store = place.open("desk", &[TABLES]);
        for values in [vec![], params!["1", "2"].to_vec()] {
            assert!(store.read(move |tx| tx.all("select id from dog where id = $1", &values)).is_err());
        }
    }
}
