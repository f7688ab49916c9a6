-- Revisions of definitions: texts of one procedure, drafted, reviewed, published. Definitions are no personal data and lie open.
create table revision (
  id text not null primary key,
  procedure text not null,
  department text not null,
  title text not null,
  state text not null,
  -- 1 while it is on its way: a procedure has one such revision at a time.
  open bigint not null,
  author text not null,
  author_name text not null,
  reviewer text,
  reviewer_name text,
  why text not null,
  publish_on text,
  -- The order of publication: what came later lies over what came before.
  published bigint unique,
  published_at bigint,
  -- The revision whose texts it brings back.
  restores text,
  -- Why it could not be published on its day.
  refused text,
  -- 1 once the town's folder says the same: from then on the folder is in force.
  folded bigint not null default 0,
  turn bigint not null,
  created_at bigint not null,
  changed_at bigint not null
);
create unique index revision_open on revision (procedure) where open = 1;
create index revision_listed on revision (procedure, created_at);
create index revision_due on revision (publish_on) where state = 'scheduled';
create table revision_file (
  revision text not null,
  path text not null,
  -- What stood there when the revision was begun; none: the file is new.
  base text,
  body text not null,
  primary key (revision, path)
);
create table revision_event (
  revision text not null,
  turn bigint not null,
  at bigint not null,
  staff text,
  name text not null,
  what text not null,
  note text not null,
  primary key (revision, turn)
);
