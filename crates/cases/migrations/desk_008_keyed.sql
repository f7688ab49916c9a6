-- 入力した用紙: which case a clerk made of a sheet of paper and on which day, with the scans of the sheet itself, sealed.
create table case_keyed (
  case_id text primary key,
  staff text not null,
  day text not null,
  body blob not null
);
create index case_keyed_staff on case_keyed (staff, day);
