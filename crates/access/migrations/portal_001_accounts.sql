-- Residents' side: accounts, sessions, mailed codes, and how often something was tried.
create table account (
  id text not null primary key,
  mail_digest text not null unique,
  mail_sealed blob not null,
  language text not null,
  created_at bigint not null,
  resident text,
  identity text not null,
  linked_at bigint
);
create index account_resident on account (resident);
create table portal_session (
  id text not null primary key,
  account text,
  created_at bigint not null,
  seen_at bigint not null,
  ends_at bigint not null,
  ended_at bigint
);
create index portal_session_account on portal_session (account, ended_at);
create index portal_session_old on portal_session (ends_at);
create table session_case (
  session text not null,
  case_id text not null,
  created_at bigint not null,
  primary key (session, case_id)
);
create table sign_in_code (
  session text not null primary key,
  mail_digest text not null,
  mail_sealed blob not null,
  code_digest text not null,
  expires_at bigint not null,
  tries bigint not null,
  used bigint not null
);
create index sign_in_code_old on sign_in_code (expires_at);
create table throttle (
  kind text not null,
  key text not null,
  free_at bigint not null,
  primary key (kind, key)
);
create index throttle_old on throttle (free_at);
