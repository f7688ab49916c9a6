-- What is handed to systems behind: the decided cases of a procedure in the order in which they were decided.
create index case_decided on case_ (procedure, ended_at, id) where stage = 'decided';
