-- 窓口の用紙: what a clerk is typing and has not filed, sealed, with the files that were put for it.
create table desk_sheet (
  case_id text not null,
  staff text not null,
  at bigint not null,
  body blob not null,
  primary key (case_id, staff)
);
create index desk_sheet_staff on desk_sheet (staff, at);
-- Drafts that were lent: by their case, and when the code ends. Those from before ended within half an hour.
alter table lent_draft add column case_id text not null default '';
alter table lent_draft add column ends bigint not null default 0;
create index lent_draft_case on lent_draft (case_id);
create index lent_draft_ends on lent_draft (ends);
