-- 支援措置: what was entered, extended and ended, by whom and on which ground. Whoever is protected stands in person.body; this is how it came.
create table protection (
  resident text not null,
  turn bigint not null,
  what text not null,
  from_day text not null,
  until_day text,
  ground text not null,
  staff text not null,
  at bigint not null,
  primary key (resident, turn)
);
