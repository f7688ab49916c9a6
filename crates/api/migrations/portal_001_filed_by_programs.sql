-- Which program filed which case. A key is kept as long as the case: sent again, it finds the same case. `mark` is a keyed digest of the body.
create table program_case (
  program text not null,
  key text not null,
  mark text not null,
  case_id text not null,
  number text not null,
  filed_at bigint not null,
  primary key (program, key)
);
create index program_case_number on program_case (number, program);
create index program_case_id on program_case (case_id);
