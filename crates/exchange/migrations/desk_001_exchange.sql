-- Batches: numbered sets of decided cases that were handed over, once for each mapping.
create table exchange_batch (
  id text not null primary key,
  mapping text not null,
  number bigint not null,
  -- making, ready
  state text not null,
  stopping bigint not null,
  by_whom text not null,
  staff text,
  made_at bigint not null,
  -- Where the walk through decided cases stands: 0 those held back before, 1 those decided since.
  phase bigint not null,
  place_at bigint not null,
  place_id text not null,
  cases bigint not null,
  lines bigint not null,
  held bigint not null,
  digest text not null,
  -- The mapping as it was then.
  form text not null,
  unique (mapping, number)
);
create table exchange_case (
  mapping text not null,
  case_id text not null,
  -- None: held back, and `why` says what is to be mended.
  batch text,
  place bigint,
  why blob,
  primary key (mapping, case_id)
);
create index exchange_case_batch on exchange_case (batch, place) where batch is not null;
create index exchange_case_held on exchange_case (mapping, case_id) where batch is null;
-- Files that came in, and what became of each line that could not be taken.
create table exchange_import (
  id text not null primary key,
  mapping text not null,
  -- Of the whole file: the same file is the same import.
  digest text not null,
  name text not null,
  by_whom text not null,
  staff text,
  made_at bigint not null,
  -- looking, looked, taking, stopped, done, refused
  state text not null,
  stopping bigint not null,
  next_row bigint not null,
  taken bigint not null,
  same bigint not null,
  wrong bigint not null,
  bytes bigint not null,
  unique (mapping, digest)
);
create table exchange_import_line (
  import text not null,
  place bigint not null,
  line bigint not null,
  column_at bigint not null,
  why blob not null,
  primary key (import, place)
);
create table exchange_piece (
  import text not null,
  place bigint not null,
  sealed blob not null,
  primary key (import, place)
);
-- Results of cases that were taken: the same line about the same case is taken once.
create table exchange_taken (
  mapping text not null,
  mark text not null,
  import text not null,
  primary key (mapping, mark)
);
-- Applications that came from elsewhere, once for each number of theirs.
create table exchange_arrived (
  mapping text not null,
  source_number text not null,
  case_id text not null,
  at bigint not null,
  signature text not null,
  told text not null,
  primary key (mapping, source_number)
);
