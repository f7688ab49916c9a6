-- Residents' side: what was announced of a round, for each case alone.
create table round_result (
  case_id text not null primary key,
  announced_at bigint not null,
  body blob not null
);
