-- Who was asked the two questions and answered: once for each case. What they answered is counted apart and not tied to it.
create table figures_asked (
  case_id text not null primary key
);
create table figures_voice (
  day text not null,
  procedure text not null,
  version text not null,
  -- ease or got.
  question text not null,
  value bigint not null,
  n bigint not null,
  primary key (day, procedure, version, question, value)
);
