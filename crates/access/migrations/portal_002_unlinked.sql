-- When the town hall took an account's link back, until it is linked again: its owner is told.
alter table account add column unlinked_at bigint;
