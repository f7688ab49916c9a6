-- Programs that may talk to the town hall. The secret itself is nowhere: `mark` is its digest.
create table program (
  id text not null primary key,
  name text not null,
  department text not null,
  mark text not null,
  scopes text not null,
  procedures text not null,
  ends_on text not null,
  issued_by text not null,
  issued_at bigint not null,
  revoked_at bigint,
  used_at bigint
);
create index program_issued on program (issued_at, id);
