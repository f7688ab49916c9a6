-- What the residents' side counted, as it said it last: what comes anew is held against it, and only the difference is added.
create table figures_told (
  procedure text not null,
  day text not null,
  version text not null,
  measure text not null,
  detail text not null,
  value bigint not null,
  department text not null,
  n bigint not null,
  at bigint not null,
  primary key (procedure, day, version, measure, detail, value)
);
-- What residents wrote in their own words, sealed, by month and tied to no case.
create table figures_said (
  id text not null primary key,
  procedure text not null,
  month text not null,
  said blob not null
);
create index figures_said_procedure on figures_said (procedure, month, id);
