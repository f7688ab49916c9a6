-- 台帳: one row for each thing that was known of a record: what held from when until when, and from when until when we thought so. `told` is
-- the part of `body` that its owner's own page may show.
create table register_fact (
  record text not null,
  number bigint not null,
  register text not null,
  key text,
  owner text,
  unique_key text,
  state text,
  valid_from text not null,
  valid_until text not null,
  known_from bigint not null,
  known_until bigint,
  actor text not null,
  cause text not null,
  body text not null,
  told text not null,
  primary key (record, number)
);
create index register_fact_owner on register_fact (owner, register);
create index register_fact_key on register_fact (register, key);
create index register_fact_unique on register_fact (register, unique_key);
create index register_fact_listed on register_fact (register, valid_from, record);

-- Every change of a record counts one up: who saw row 3 cannot change row 4.
create table register_record (
  id text not null primary key,
  register text not null,
  turn bigint not null
);

-- Totals, as steps: from this day on so many more. Whoever changes one of a key's totals first takes its row of `register_total_turn`.
create table register_total (
  register text not null,
  key text not null,
  counter text not null,
  day text not null,
  step bigint not null,
  primary key (register, key, counter, day)
);
create table register_total_turn (
  register text not null,
  key text not null,
  turn bigint not null,
  primary key (register, key)
);
