-- The last day of somebody who is to leave; from the day after they cannot sign in.
alter table staff add column last_day text;
