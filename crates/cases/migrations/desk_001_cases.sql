-- Staff's side: the cases, their story, and what finds them.
create table case_procedure (
  version text not null primary key,
  procedure text not null,
  body text not null
);
create table case_ (
  id text not null primary key,
  number text not null unique,
  receipt_number text not null unique,
  procedure text not null,
  version text not null,
  department text not null,
  stage text not null,
  step text,
  channel text not null,
  language text not null,
  filed_at bigint not null,
  due text not null,
  open bigint not null,
  assignee text,
  assigned_at bigint,
  applicant text not null,
  kana text not null,
  sensitivity bigint not null,
  row_count bigint not null,
  turn bigint not null,
  ended_at bigint,
  body blob not null,
  account text,
  person text not null
);
create index case_account on case_ (account, filed_at);
create index case_person on case_ (person, filed_at);
create table lent_draft (
  code text not null primary key,
  at bigint not null,
  body blob not null
);
create index case_inbox on case_ (department, open, due, id);
create index case_inbox_stage on case_ (department, open, stage, due, id);
create index case_inbox_procedure on case_ (department, procedure, open, due, id);
create index case_desk on case_ (assignee, open, due, id);
create index case_open on case_ (open, due, id);
create table case_event (
  case_id text not null,
  turn bigint not null,
  at bigint not null,
  who text not null,
  what text not null,
  event blob not null,
  primary key (case_id, turn)
);
create table case_gram (
  gram text not null,
  case_id text not null,
  primary key (gram, case_id)
);
create index case_gram_case on case_gram (case_id);
create table case_serial (
  name text not null primary key,
  last bigint not null
);
create table case_charge (
  case_id text not null,
  effect text not null,
  yen bigint not null,
  what text not null,
  primary key (case_id, effect)
);
create table case_file (
  case_id text not null,
  filed text not null,
  kept text not null,
  primary key (case_id, filed)
);
