-- What the desk has published for one linked account, and what may be chosen from the town's registers.
create table fact_sheet (
  account text not null primary key,
  resident text not null,
  turn bigint not null,
  body text not null
);
create table fact_options (
  register text not null primary key,
  at bigint not null,
  body text not null
);
