-- What a person was told, as it stands on their page. Without an account it stands on the case's status page; the row keeps a
-- notice from being told twice.
create table notice (
  id text not null primary key,
  account text,
  case_id text,
  kind text not null,
  words text,
  args text,
  body text,
  link text not null,
  at bigint not null,
  read_at bigint
);
create index notice_of_account on notice (account, at);

-- What leaves the house, one row for each message. `address` is emptied as soon as the fate is known.
create table outgoing (
  id text not null primary key,
  case_id text,
  what text not null,
  state text not null,
  turn bigint not null,
  tries bigint not null,
  address text,
  language text not null,
  link text not null,
  why text,
  instead text not null,
  queued_at bigint not null,
  first_try bigint,
  handing_since bigint,
  next_try bigint,
  ended_at bigint
);
