-- 個人番号 of corrections that came after the clerk went on: apart as well, beside what the case holds and never in its place.
create table case_apart_late (
  case_id text not null,
  at bigint not null,
  field text not null,
  sealed blob not null,
  primary key (case_id, at, field)
);
