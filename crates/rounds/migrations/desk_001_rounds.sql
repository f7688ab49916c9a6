-- Staff's side: a round's stage, who is in it, its places, corrections of points by staff, and what was allocated.
create table round_ (
  id text not null primary key,
  stage text not null,
  -- The seed of the lots: drawn once, never again.
  seed text,
  scored_at bigint,
  -- The run that is to be decided, who chose it, and who looked it through.
  run bigint,
  chosen_by text,
  reviewed_by text,
  row_count bigint not null
);
create table round_entrant (
  round text not null,
  number text not null,
  case_id text not null,
  -- scored, proposed, announced, by_hand
  stage text not null,
  -- Why a person must see to it.
  trouble text,
  body blob not null,
  primary key (round, number)
);
create index round_entrant_stage on round_entrant (round, stage, number);
create table round_place (
  round text not null,
  facility text not null,
  class text not null,
  name text not null,
  capacity bigint not null,
  -- The order in which the register and the definition name them.
  seq bigint not null,
  primary key (round, facility, class)
);
create table round_override (
  id text not null primary key,
  round text not null,
  number text not null,
  child bigint not null,
  points bigint not null,
  reason blob not null,
  by_staff text not null,
  at bigint not null,
  approved_by text,
  approved_at bigint
);
create index round_override_of on round_override (round, number);
create table round_run (
  round text not null,
  run bigint not null,
  at bigint not null,
  by_staff text not null,
  placed bigint not null,
  digest text not null,
  body blob not null,
  primary key (round, run)
);
