-- What is counted, by month: of the town, of a department, of a procedure. Nothing of a person stands here.
create table figures_month (
  -- town, department:ID, procedure:ID.
  scope text not null,
  -- 2026-11.
  month text not null,
  measure text not null,
  detail text not null,
  value bigint not null,
  n bigint not null,
  primary key (scope, month, measure, detail, value)
);
-- The same by day and version of the definition, of procedures only: for before and after.
create table figures_day (
  procedure text not null,
  day text not null,
  version text not null,
  measure text not null,
  detail text not null,
  value bigint not null,
  n bigint not null,
  primary key (procedure, day, version, measure, detail, value)
);
-- What each case was counted as, so that it is taken back when the case changes.
create table figures_case (
  case_id text not null primary key,
  counted text not null
);
-- How far the journal was followed.
create table figures_mark (
  name text not null primary key,
  position bigint not null
);
