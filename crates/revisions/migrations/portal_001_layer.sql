-- Texts that were published at the desk and lie over the town's folder.
create table revision_layer (
  path text not null primary key,
  procedure text not null,
  body text not null,
  published bigint not null
);
