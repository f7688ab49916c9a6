-- Residents' side: what they are typing, and their own copies of what they filed.
create table case_procedure (
  version text not null primary key,
  procedure text not null,
  body text not null
);
create table case_draft (
  id text not null primary key,
  session text not null,
  account text,
  procedure text not null,
  version text not null,
  language text not null,
  typed blob not null,
  row_count bigint not null,
  resume_mark text,
  case_id text not null unique,
  filed bigint not null,
  created_at bigint not null,
  touched_at bigint not null
);
create index case_draft_session on case_draft (session, filed, touched_at);
create index case_draft_account on case_draft (account, filed, touched_at);
create index case_draft_resume on case_draft (resume_mark);
create index case_draft_old on case_draft (touched_at);
create table own_case (
  id text not null primary key,
  number text not null unique,
  account text,
  procedure text not null,
  version text not null,
  language text not null,
  filed_at bigint not null,
  stage text not null,
  step text,
  department text not null,
  hear_by text,
  turn bigint not null,
  answers blob not null,
  contacts blob not null,
  state blob not null
);
create index own_case_account on own_case (account, filed_at);
create table own_event (
  case_id text not null,
  seq bigint not null,
  at bigint not null,
  news blob not null,
  primary key (case_id, seq)
);
create table own_letter (
  id text not null primary key,
  case_id text not null,
  title text not null,
  document_number text not null,
  issued_on text not null,
  verify text not null,
  file text not null
);
create index own_letter_case on own_letter (case_id);
