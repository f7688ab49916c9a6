-- Pages of other rooms that stand beside a case on the person's status page.
create table case_beside (
  case_id text not null,
  page text not null,
  word text not null,
  primary key (case_id, page)
);
