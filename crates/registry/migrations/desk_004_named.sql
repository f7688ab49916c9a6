-- A record is found by its key, its owner or what may stand once only, on a day. With the day at the end of the index none of these reads the
-- register's other records: without it the planner takes `register_fact_listed` and reads all that began before the day.
drop index register_fact_owner;
drop index register_fact_key;
drop index register_fact_unique;
create index register_fact_owner on register_fact (owner, register, valid_from);
create index register_fact_key on register_fact (register, key, valid_from);
create index register_fact_unique on register_fact (register, unique_key, valid_from);
