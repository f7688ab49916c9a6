-- What the folder itself says by now: it lies over the folder no more, and what was published before it does not come up again.
alter table revision_layer add column let_go bigint not null default 0;
