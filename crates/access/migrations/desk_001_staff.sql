-- Staff's side: the directory, sessions, links between accounts and residents, who looked at what, and how often something was tried.
create table staff (
  id text not null primary key,
  login text not null unique,
  name text not null,
  password text,
  totp_sealed blob,
  totp_step bigint not null,
  set_up_digest text,
  set_up_until bigint,
  active bigint not null,
  created_at bigint not null
);
create table staff_post (
  staff text not null,
  department text not null,
  role text not null,
  from_day text not null,
  until_day text not null,
  primary key (staff, department, role, from_day)
);
create index staff_post_department on staff_post (department, role, until_day);
create table desk_session (
  id text not null primary key,
  staff text not null,
  stage text not null,
  totp_sealed blob,
  agent text not null,
  created_at bigint not null,
  seen_at bigint not null,
  ends_at bigint not null,
  ended_at bigint,
  ended_why text
);
create index desk_session_staff on desk_session (staff, ended_at, created_at);
create index desk_session_old on desk_session (ends_at);
create table account_link_code (
  code_digest text not null primary key,
  account text not null,
  expires_at bigint not null
);
create table account_link (
  account text not null primary key,
  resident text not null,
  identity text not null,
  seen text not null,
  staff text not null,
  linked_at bigint not null
);
create index account_link_resident on account_link (resident);
create table looked (
  id text not null primary key,
  at bigint not null,
  staff text not null,
  kind text not null,
  record text not null,
  authority text not null,
  why text not null
);
create index looked_at on looked (at, id);
create index looked_staff on looked (staff, at, id);
create index looked_record on looked (record, at, id);
create table throttle (
  kind text not null,
  key text not null,
  free_at bigint not null,
  primary key (kind, key)
);
create index throttle_old on throttle (free_at);
