-- 不在: when somebody is not at work, so that their deputy may decide in their place (代決).
create table staff_absence (
  id text not null primary key,
  staff text not null,
  from_day text not null,
  until_day text not null,
  entered_by text not null,
  entered_at bigint not null,
  ended_at bigint
);
create index staff_absence_staff on staff_absence (staff, until_day);
create index staff_absence_until on staff_absence (until_day, staff);
