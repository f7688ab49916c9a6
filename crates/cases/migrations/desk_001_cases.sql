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
  person text not null,
  -- The applicant did something that nobody has looked at yet.
  replied bigint not null default 0,
  -- How staff must reach the person by hand: call, post, counter.
  reach text,
  -- The role whose turn it is in the chain of decision.
  next_role text,
  -- The role in whose place somebody decided and that has not looked at it afterwards.
  look_after text,
  -- The resident whom staff found the applicant to be, where no account says so.
  resident text
);
create index case_account on case_ (account, filed_at) where account is not null;
create index case_person on case_ (person, filed_at);
-- Each list of the inbox is one range of one of these: department and sensitivity as grants give them, then the order of the list.
create index case_inbox on case_ (department, sensitivity, due, id, channel) where open = 1;
create index case_inbox_stage on case_ (department, sensitivity, stage, due, id) where open = 1;
create index case_inbox_procedure on case_ (department, sensitivity, procedure, due, id, stage) where open = 1;
create index case_unclaimed on case_ (department, sensitivity, due, id) where open = 1 and assignee is null;
create index case_mine on case_ (assignee, due, id, department, sensitivity) where open = 1 and assignee is not null;
create index case_mine_stage on case_ (assignee, stage, due, id, department, sensitivity) where open = 1 and assignee is not null;
create index case_open on case_ (due, id) where open = 1;
create index case_ended on case_ (department, sensitivity, ended_at, id) where open = 0;
create index case_replied on case_ (department, sensitivity, due, id) where open = 1 and replied = 1;
create index case_reach on case_ (department, sensitivity, due, id) where reach is not null;
create index case_next_role on case_ (department, next_role, due, id) where open = 1 and next_role is not null;
create index case_look_after on case_ (department, look_after, due, id) where look_after is not null;
create table case_consult (
  case_id text not null,
  department text not null,
  -- 0 asked, 1 agreed, 2 objected.
  answered bigint not null,
  primary key (case_id, department)
);
create index case_consult_waiting on case_consult (department, case_id) where answered = 0;
create table case_filter (
  id text not null primary key,
  staff text not null,
  name text not null,
  asked text not null
);
create index case_filter_staff on case_filter (staff, name);
create table lent_draft (
  code text not null primary key,
  at bigint not null,
  body blob not null
);
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
create table case_apart (
  case_id text not null,
  field text not null,
  sealed blob not null,
  primary key (case_id, field)
);
