-- Files that are on their way in pieces. `offered` is what the browser calls this attempt: offered twice, it is one upload.
create table case_upload (
  id text not null primary key,
  draft text not null,
  field text not null,
  offered text not null,
  session text not null,
  size bigint not null,
  received bigint not null,
  label blob not null,
  done bigint not null,
  created_at bigint not null,
  unique (draft, offered)
);
create index case_upload_session on case_upload (session, done);
create index case_upload_old on case_upload (created_at);
-- Each piece is a row of its own: what comes next writes nothing again that is there.
create table case_upload_piece (
  upload text not null,
  at bigint not null,
  sealed blob not null,
  primary key (upload, at)
);
