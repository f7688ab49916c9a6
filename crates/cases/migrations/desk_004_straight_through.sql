-- 自動決定: the chief's standing approval for a procedure, and what was decided under it.
create table straight_switch (
  procedure text primary key,
  staff text not null,
  at bigint not null,
  why text not null
);
create table straight_decision (
  case_id text primary key,
  procedure text not null,
  day text not null,
  sampled integer not null
);
create index straight_decision_day on straight_decision (procedure, day);
create index straight_decision_sampled on straight_decision (procedure, sampled, day);
