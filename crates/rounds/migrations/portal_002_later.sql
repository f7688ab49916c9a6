-- Residents' side: offers of places that became free, and what everybody may read of the lots of a round.
create table round_offer (
  id text not null primary key,
  case_id text not null,
  at bigint not null,
  -- open, sent (answered here, the office has not confirmed), accepted, declined, lapsed
  state text not null,
  body blob not null
);
create index round_offer_case on round_offer (case_id, at);
create table round_public (
  round text not null primary key,
  body blob not null
);
