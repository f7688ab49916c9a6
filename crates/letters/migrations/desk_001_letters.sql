-- Staff's side: letters with everything that goes into them, frozen.
create table letter (
  id text not null primary key,
  case_id text not null,
  department text not null,
  template text not null,
  state text not null,
  document_number text not null,
  bears text not null,
  verify text not null unique,
  run bigint not null,
  template_digest text not null,
  fonts_digest text not null,
  inputs_digest text not null,
  inputs blob not null,
  title text,
  pages bigint,
  file text,
  problem text,
  ordered_at bigint not null,
  ended_at bigint,
  voided_on text,
  voided_why text
);
create index letter_case on letter (case_id, ordered_at);
create index letter_failed on letter (state, department, ordered_at);
-- The files of a town's templates as they were, once for all letters set from them.
create table letter_template (
  digest text not null primary key,
  files blob not null
);
create table letter_serial (
  department text not null,
  fiscal_year bigint not null,
  last bigint not null,
  primary key (department, fiscal_year)
);
