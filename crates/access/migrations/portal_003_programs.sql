-- Programs that may talk to the residents' side: a digest of the secret, what it opens and until when. Who asked for it is the desk's matter.
create table program (
  id text not null primary key,
  mark text not null,
  scopes text not null,
  procedures text not null,
  ends_on text not null,
  revoked_at bigint,
  used_at bigint
);
