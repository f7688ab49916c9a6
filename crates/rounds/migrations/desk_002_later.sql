-- Places that became free after the announcement, offers of them, and the seed of the lots before it is told.
create table round_offer (
  id text not null primary key,
  round text not null,
  -- Its place among the offers of the round, from 1.
  turn bigint not null,
  number text not null,
  -- open, accepted, declined, lapsed
  state text not null,
  at bigint not null,
  by_staff text not null,
  until_day text not null,
  answered_at bigint,
  -- 'family', a member of staff's id, or 'time'.
  answered_by text,
  -- Whether the next one was asked after it, or the decision was proposed.
  followed bigint not null,
  body blob not null
);
create unique index round_offer_turn on round_offer (round, turn);
-- Never two offers at once to one family.
create unique index round_offer_open on round_offer (round, number) where state = 'open';
create table round_freed (
  id text not null primary key,
  round text not null,
  -- declined, left: of a child; more: more places at a facility
  what text not null,
  number text,
  child bigint,
  facility text,
  class text,
  count bigint,
  reason blob not null,
  by_staff text not null,
  at bigint not null
);
create index round_freed_of on round_freed (round, at);
create table round_lots (
  round text not null primary key,
  digest text not null,
  -- The seed, sealed: nobody reads it before the points are reckoned.
  seed blob not null,
  at bigint not null,
  by_staff text not null
);
-- How often a round tried to go on with a case: those that are stuck stand behind the others.
alter table round_entrant add column tries bigint not null default 0;
create index round_entrant_tries on round_entrant (round, stage, tries, number);
