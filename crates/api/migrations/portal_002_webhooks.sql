-- Where a program is told what happens to its cases; its secret sealed.
create table program_webhook (
  program text not null primary key,
  url text not null,
  secret blob not null,
  -- The secret before, while a new one is put in place; both sign.
  secret_before blob,
  before_until bigint,
  set_at bigint not null,
  -- It did not answer a moment ago.
  down_until bigint,
  -- It said that it is gone for good (410).
  gone_at bigint
);
-- What happened: a number, a word and a moment, nothing of a person.
create table program_event (
  id text not null primary key,
  program text not null,
  number text not null,
  -- The how-manieth of its case: told in this order.
  turn bigint not null,
  procedure text,
  what text not null,
  at bigint not null,
  sent_at bigint,
  round bigint not null
);
create unique index program_event_turn on program_event (program, number, turn);
create index program_event_at on program_event (program, at, id);
-- So that what happens to a case can name its procedure.
alter table program_case add column procedure text;
