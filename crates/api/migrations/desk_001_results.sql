-- What systems behind brought for a case, once per program and key. `mark` is a keyed digest of the body.
create table program_result (
  program text not null,
  key text not null,
  mark text not null,
  case_id text not null,
  at bigint not null,
  body blob not null,
  primary key (program, key)
);
create index program_result_case on program_result (case_id, at);
